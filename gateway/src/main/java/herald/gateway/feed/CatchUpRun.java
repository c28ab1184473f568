package herald.gateway.feed;

import herald.gateway.logging.Field;
import herald.gateway.metrics.FeedMeters;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the table for what notifications may have missed, and publishes it. Each connection of the
 * listener brings a run. {@link #run} belongs to the fetch thread, the rest to any thread.
 */
final class CatchUpRun {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUpRun.class);

  private final CatchUp catchUp;
  private final Progress progress;
  private final PendingRows pending;
  private final RowFetcher fetcher;
  private final RowPublisher publisher;
  private final DatabaseRetry retry;
  private final FeedMeters meters;
  private final long replayMillis;
  private final int maxBatch;
  private volatile boolean isWanted;

  /** How many connections of the listener have begun. */
  private final AtomicLong expected = new AtomicLong();

  /** How many of them had begun when the last run began that has ended. Fetch thread writes. */
  private volatile long caughtUpWith = -1;

  /**
   * @param replayMillis how much of what was committed before the feed began the first run reads
   * @param maxBatch how many rows are pending before they are read
   */
  CatchUpRun(
      CatchUp catchUp,
      Progress progress,
      PendingRows pending,
      RowFetcher fetcher,
      RowPublisher publisher,
      DatabaseRetry retry,
      FeedMeters meters,
      long replayMillis,
      int maxBatch) {
    this.catchUp = catchUp;
    this.progress = progress;
    this.pending = pending;
    this.fetcher = fetcher;
    this.publisher = publisher;
    this.retry = retry;
    this.meters = meters;
    this.replayMillis = replayMillis;
    this.maxBatch = maxBatch;
  }

  /** Nothing was missed before the first connection: what hears of rows begins where it was. */
  void beginCaughtUp() {
    caughtUpWith = expected.get();
  }

  /** A new connection of the listener begins: from now on something may be missed. */
  void onConnecting() {
    expected.incrementAndGet();
  }

  /** Asks for a run: notifications may have been missed. */
  void want() {
    isWanted = true;
  }

  boolean isWanted() {
    return isWanted;
  }

  /** Whether all that was committed before the listener listened has been published. */
  boolean isCaughtUp() {
    return caughtUpWith == expected.get() && !isWanted;
  }

  /** Runs once. If it fails, a run is still wanted. */
  void run() throws InterruptedException {
    long began = expected.get();
    isWanted = false;
    try {
      readTable();
      caughtUpWith = began;
    } catch (InterruptedException | RuntimeException | Error e) {
      isWanted = true;
      throw e;
    }
  }

  private void readTable() throws InterruptedException {
    boolean isFirst = !progress.hasBegun();
    publisher.onTableBegin(!isFirst);
    int[] found = {0};
    try {
      FeedPoint until =
          retry.untilItWorks(
              () -> {
                CatchUp.PageHandler handler = page -> found[0] += publishPage(page);
                return isFirst
                    ? catchUp.readLast(replayMillis, handler)
                    : catchUp.readSince(
                        progress.base(),
                        progress.older(),
                        progress.oldest(),
                        progress.knownSinceMicros(),
                        handler);
              });
      progress.onCaughtUp(until);
    } finally {
      publisher.onTableEnd();
    }
    meters.caughtUp(found[0]);
    if (found[0] > 0) {
      LOG.info(
          "caught up with {} rpc logs that no notification had told of",
          Field.of("rows", found[0]));
    }
  }

  /** Publishes the rows of a page that are new. */
  private int publishPage(List<String> page) throws InterruptedException {
    int found = 0;
    long nowNanos = System.nanoTime();
    for (String signature : page) {
      if (pending.addFound(signature, nowNanos)) {
        found++;
        if (pending.size() == maxBatch) {
          fetcher.fetchAll();
        }
      }
    }
    fetcher.fetchAll();
    return found;
  }
}
