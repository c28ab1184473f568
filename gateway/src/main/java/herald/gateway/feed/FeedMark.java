package herald.gateway.feed;

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
   * A transaction id, 64 bits: all rows of transactions below it had been committed, and the disk
   * has them; 0 if none is known.
   */
  public long provedXmin() {
    boolean isComparable = base.cluster().equals(point.cluster()) && base.isProved();
    return isComparable ? base.xmin() : 0;
  }
}
