package herald.gateway.fanout;

import org.jspecify.annotations.Nullable;

/**
 * The oldest of some places.
 *
 * @param position the oldest of those in the log; {@link PositionRing#NONE} if none is
 * @param beforeTheLog the oldest of those from which on the log does not have all; null if none is
 */
record Unconfirmed(long position, @Nullable CommitPlace beforeTheLog) {
  /** Of no places. */
  static final Unconfirmed NONE = new Unconfirmed(PositionRing.NONE, null);

  /** The same with a position of the log. */
  Unconfirmed and(long other) {
    return new Unconfirmed(Math.min(position, other), beforeTheLog);
  }

  /**
   * The same with a place that another instance has named.
   *
   * @param heldFrom the first position from which on the log has all that matters
   */
  Unconfirmed and(CommitPlace other, long heldFrom) {
    if (other.position() >= heldFrom) {
      return and(other.position());
    }
    return new Unconfirmed(
        position, beforeTheLog == null ? other.notHeld() : beforeTheLog.earlier(other));
  }
}
