package herald.gateway.fanout;

/**
 * Where the row of an event stands among others, as far as this instance can tell; shared by all
 * events of the row.
 *
 * @param xid the transaction that wrote the row, the lower 32 bits of its id; 0 if it is not known
 * @param committedAtNanos about when it was committed, on the clock of {@code System.nanoTime}
 * @param receivedAtNanos when its notification came, on the same clock: notifications come in the
 *     order of commits
 * @param isBeside whether it is a blast, whose audience is found beside the feed, or has a large
 *     text, which is read beside it: what was committed later may be pushed earlier, and not on
 *     each instance the same
 */
public record RowOrder(int xid, long committedAtNanos, long receivedAtNanos, boolean isBeside) {
  /** Of a row of which nothing else is known. */
  public static RowOrder committedAt(long nanos) {
    return new RowOrder(0, nanos, nanos, false);
  }

  /** The same of a row whose audience or text was read beside the feed. */
  RowOrder beside() {
    return new RowOrder(xid, committedAtNanos, receivedAtNanos, true);
  }

  /** Whether this row's transaction began to write after the other's, as PostgreSQL compares. */
  boolean beganAfter(RowOrder other) {
    return xid != 0 && other.xid != 0 && xid - other.xid > 0;
  }
}
