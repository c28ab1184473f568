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

  BroadcastIndex(EventLog.Writer log) {
    events = new PositionRing.Writer(log, Long.MIN_VALUE);
    ring = events.ring();
  }

  /** The positions themselves. */
  PositionRing.Writer events() {
    return events;
  }

  /** What readers get. */
  PositionRing ring() {
    return ring;
  }

  /** Whether a broadcast from this index on concerns the user. */
  boolean concerns(int userId, long firstIndex) {
    for (long index = firstIndex; index < ring.tail(); index++) {
      Event event = ring.eventAt(index);
      if (event != null && event.audience().contains(userId)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The position of the first broadcast to the user with exactly this timestamp; {@link
   * PositionRing#NONE} if there is none.
   *
   * @param sinceNanos broadcasts that were appended before are left out
   */
  long firstRelayedAt(long micros, int userId, long sinceNanos) {
    for (long index = ring.head(); index < ring.tail(); index++) {
      Event event = ring.eventAt(index);
      if (event != null
          && event.relayedAtMicros() == micros
          && event.appendedAtNanos() - sinceNanos >= 0
          && event.audience().contains(userId)) {
        return event.position();
      }
    }
    return PositionRing.NONE;
  }
}
