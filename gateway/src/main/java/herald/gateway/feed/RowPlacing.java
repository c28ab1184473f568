package herald.gateway.feed;

import java.util.concurrent.TimeUnit;

/**
 * Finds where each row that has been read stands, and lets reading wait where there is no room.
 * Fetch thread.
 *
 * <p>While the table is read for what notifications may have missed, it also waits where those whom
 * a row concerns would be told of a gap. A history is read as fast as the database gives it, which
 * is faster than the audiences of its blasts are found, and a live row has to wait behind it
 * anyway. That patience is bounded for each reading of the table, since what one sender has sent
 * must not hold up the others for as long as that sender likes.
 */
final class RowPlacing {
  /** Between one look and the next. */
  private static final long WAIT_MILLIS = 5;

  /** In one reading of the table: half a minute, and what is published meanwhile. */
  private static final int MOST_WAITS = 6_000;

  private final BlastBarrier barrier;
  private final int mostWaits;
  private int waitsLeft;

  /** What is done while a row waits. */
  @FunctionalInterface
  interface WhileWaiting {
    /** Publishes what has been read before the row, and what is done meanwhile. */
    void publish() throws InterruptedException;
  }

  RowPlacing(BlastBarrier barrier) {
    this(barrier, MOST_WAITS);
  }

  /**
   * @param mostWaits how often it waits, in one reading of the table, so that nobody is told of a
   *     gap
   */
  RowPlacing(BlastBarrier barrier, int mostWaits) {
    this.barrier = barrier;
    this.mostWaits = mostWaits;
  }

  /** The table is read from now on. */
  void onTableBegin() {
    waitsLeft = mostWaits;
  }

  /** The table has been read. */
  void onTableEnd() {
    waitsLeft = 0;
  }

  /**
   * Where a row stands, when it has waited for room.
   *
   * @param number its number among the rows that were read
   */
  BlastBarrier.Verdict place(RpcLog row, long number, WhileWaiting waiting)
      throws InterruptedException {
    BlastBarrier.Verdict verdict = barrier.place(row, number);
    while (mustWait(verdict)) {
      waiting.publish();
      TimeUnit.MILLISECONDS.sleep(WAIT_MILLIS);
      verdict = barrier.place(row, number);
    }
    return verdict;
  }

  private boolean mustWait(BlastBarrier.Verdict verdict) {
    if (verdict == BlastBarrier.Verdict.IS_A_GAP && waitsLeft > 0) {
      waitsLeft--;
      return true;
    }
    return verdict == BlastBarrier.Verdict.NO_ROOM;
  }
}
