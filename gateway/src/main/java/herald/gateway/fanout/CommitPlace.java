package herald.gateway.fanout;

/**
 * A place in the order of commits as another instance has named it: all rows that were committed
 * before it have been confirmed by a device.
 *
 * @param position the same place in this instance's log, or an earlier one; {@link #BEFORE_THE_LOG}
 *     if this instance had not begun to listen then
 * @param clockMicros the database's clock then, microseconds since the epoch
 * @param xmin a transaction id, 64 bits: all rows of transactions below it had been committed; 0 if
 *     none is known
 * @param cluster tells of which history of the database the transaction id is
 */
public record CommitPlace(long position, long clockMicros, long xmin, int cluster) {
  /** The position of a place that is not in the log: less than any position. */
  public static final long BEFORE_THE_LOG = -1;

  /** The earlier of two places: what is behind either of them is behind it. */
  CommitPlace earlier(CommitPlace other) {
    return new CommitPlace(
        Math.min(position, other.position),
        Math.min(clockMicros, other.clockMicros),
        cluster == other.cluster ? Math.min(xmin, other.xmin) : 0,
        cluster);
  }

  /** The same place, of which this instance's log does not have all that followed. */
  CommitPlace notHeld() {
    return new CommitPlace(BEFORE_THE_LOG, clockMicros, xmin, cluster);
  }
}
