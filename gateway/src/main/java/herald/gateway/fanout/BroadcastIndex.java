package herald.gateway.fanout;

import herald.protocol.EventId;
import org.jspecify.annotations.Nullable;

/**
 * The positions of the events that concern many users at once. They stand here once, and in no
 * mailbox: every cursor looks here too, and passes over what does not concern its user.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock. Readers have its ring alone.
 */
final class BroadcastIndex {
  private final PositionRing.Writer events;
  private final PositionRing ring;
  private final EventLookup times;
  private final EventLookup ids;

  BroadcastIndex(EventLog.Writer log) {
    events = new PositionRing.Writer(log, Long.MIN_VALUE);
    ring = events.ring();
    times = new EventLookup(log.log(), Event::relayedAtMicros);
    ids = new EventLookup(log.log(), BroadcastIndex::key);
  }

  /** The positions themselves. */
  PositionRing.Writer events() {
    return events;
  }

  /** What readers get. */
  PositionRing ring() {
    return ring;
  }

  /** Appends a broadcast that is in the log. */
  void append(Event event) {
    events.append(event.position());
    times.append(event);
    ids.append(event);
  }

  /** Lets go what has left the log. */
  void forgetReleased() {
    events.forgetReleased();
    times.forgetReleased();
    ids.forgetReleased();
  }

  private static long key(Event event) {
    EventId id = event.encoded().id();
    return id == null ? 0 : id.key();
  }

  /** The broadcast of this id; null if it is not here. */
  @Nullable Event find(EventId id) {
    return ids.first(id.key(), event -> id.equals(event.encoded().id()));
  }

  /**
   * The position of the first broadcast to the user with exactly this timestamp; {@link
   * PositionRing#NONE} if there is none, or it can't be told without looking at many.
   *
   * @param sinceNanos broadcasts that were appended before are left out
   */
  long firstRelayedAt(long micros, int userId, long sinceNanos) {
    Event event =
        times.first(
            micros,
            found ->
                found.appendedAtNanos() - sinceNanos >= 0 && found.audience().contains(userId));
    return event == null ? PositionRing.NONE : event.position();
  }
}
