package herald.gateway.fanout;

import herald.protocol.EncodedEvent;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the database has for a client that was away for longer than memory reaches back: asked for
 * once, and sent before all that memory has. What it has brought is not sent again, whenever memory
 * gets it. Event loop.
 */
final class DatabaseReplay {
  private @Nullable ReplayRequest request;
  private @Nullable Iterator<EncodedEvent> events;
  private @Nullable EncodedEvent ahead;
  private @Nullable KnownEvents known;

  /** What is to be released when all of it has been sent. */
  private @Nullable Replay answer;

  DatabaseReplay(ReplayRequest request) {
    this.request = request;
  }

  /** One that brings nothing, and leaves these out of what memory has. */
  static DatabaseReplay without(KnownEvents known) {
    DatabaseReplay nothing = new DatabaseReplay();
    nothing.answered(new Replay(List.of(), known, null, null));
    return nothing;
  }

  private DatabaseReplay() {}

  /** What the database is to be asked for; once, else null. */
  @Nullable ReplayRequest takeRequest() {
    ReplayRequest taken = request;
    request = null;
    return taken;
  }

  boolean isAwaited() {
    return events == null;
  }

  /** Takes the database's answer. */
  void answered(Replay brought) {
    events = brought.events().iterator();
    known = brought.known();
    answer = brought;
    if (isSent()) {
      release();
    }
  }

  /** Its events are not held any more. */
  void release() {
    if (answer != null) {
      answer.release();
      answer = null;
    }
  }

  /** The next event; null at the end, and while the database is awaited. */
  @Nullable EncodedEvent peek() {
    if (ahead == null && events != null && events.hasNext()) {
      ahead = events.next();
    }
    return ahead;
  }

  /** Whether {@link #peek()} has given an event that has not been passed. */
  boolean isSending() {
    return ahead != null;
  }

  /** Goes past the event that {@link #peek()} gave. */
  void advance() {
    ahead = null;
    if (isSent()) {
      release();
    }
  }

  /** Whether an event of memory is not to be sent: as one of these, or as one before them. */
  boolean hasBrought(Event event) {
    return known != null && known.has(event);
  }

  /** Whether the database has answered, and all of it has been sent. */
  boolean isSent() {
    return events != null && ahead == null && !events.hasNext();
  }

  /** Whether nothing is to be sent or compared any more. */
  boolean isOver() {
    return isSent() && (known == null || known.isEmpty());
  }
}
