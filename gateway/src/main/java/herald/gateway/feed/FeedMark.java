package herald.gateway.feed;

import herald.gateway.database.ServerIdentity;

/**
 * How far a feed has got: all rows before a point of the database's history have been handed over,
 * or have come to nothing. Another feed can begin where this one was.
 *
 * @param point before which all has been handed over
 * @param base an earlier point that survives a crash of the server, or this one
 * @param older a point that is some minutes earlier than the base, if there is one
 */
public record FeedMark(FeedPoint point, FeedPoint base, FeedPoint older) {
  /**
   * Of a feed of which only the time is known at which it still ran: one that begins here reads by
   * time.
   *
   * @param clockMicros microseconds since the epoch
   */
  public static FeedMark atTime(long clockMicros) {
    FeedPoint point = new FeedPoint(0, clockMicros, 0, 0, 0, new ServerIdentity(0, false, ""), "");
    return new FeedMark(point, point, point);
  }

  /**
   * Whether a transaction has been open for minutes, since whose begin all rows are read by a feed
   * that begins here.
   */
  public boolean isHeldBack() {
    return older.clockMicros() < base.clockMicros() && older.xmin() == base.xmin();
  }

  /**
   * A transaction id, 64 bits: all rows of transactions below it had been committed, and the disk
   * has them; 0 if none is known.
   */
  public long provedXmin() {
    boolean isComparable = base.cluster().equals(point.cluster()) && base.isProved();
    return isComparable ? base.xmin() : 0;
  }
}
