package herald.gateway.fanout;

/**
 * The positions of the events that concern many users at once. They stand here once, and in no
 * mailbox: every cursor looks here too, and passes over what does not concern its user.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock. Readers have its ring alone.
 */
final class BroadcastIndex {
  private final PositionRing.Writer events;
  private final PositionRing ring;
  private final EventTimes times;

  BroadcastIndex(EventLog.Writer log) {
    events = new PositionRing.Writer(log, Long.MIN_VALUE);
    ring = events.ring();
    times = new EventTimes(log.log());
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
  }

  /** Lets go what has left the log. */
  void forgetReleased() {
    events.forgetReleased();
    times.forgetReleased();
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
