package herald.gateway.stream;

import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;
import java.util.List;

/**
 * Where what is read in the stream goes: into the event log, by {@link StreamAlone}, or first past
 * a {@link SourceSwitch}, which knows what has come from the database. Reader's thread.
 */
interface StreamOutput {
  /** Events that have just come, in the order of the stream. */
  void publish(List<Event> events);

  /** Events of the past, as {@link EventLogAccess#publishPast} takes them. */
  void publishPast(List<Event> events, long appendedAtNanos);

  /**
   * A mark has been read, and all events before it have been handed over.
   *
   * @return whether the end of the event log is the place of this mark: all that stands before it
   *     in the stream is in the log, and nothing that stands behind it
   */
  boolean onMark(FeedMark mark);

  /**
   * Messages of the stream have not been read and will not come any more.
   *
   * @return whether everybody is to be told of a gap now
   */
  boolean onMissing();

  /** The stream has lost its end: what follows may have been handed over before. */
  void onRewound();
}
