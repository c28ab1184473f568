package herald.gateway.feed;

import herald.gateway.metrics.FeedMeters;
import herald.gateway.ops.IntervalLog;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Does again, with growing pauses, what can't be done because the database is away. */
final class Retry {
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  private final FeedMeters meters;
  private final IntervalLog errors;

  Retry(FeedMeters meters, Logger log) {
    this.meters = meters;
    errors = new IntervalLog(log);
  }

  /** A piece of work that needs the database. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException, InterruptedException;
  }

  /** Blocks until it has worked. */
  <T> T untilItWorks(Work<T> work) throws InterruptedException {
    long pauseMillis = FIRST_PAUSE_MILLIS;
    while (true) {
      try {
        return work.run();
      } catch (SQLException | RuntimeException e) {
        meters.failed();
        errors.warn("the feed's query failed, trying again: " + e.getMessage());
        TimeUnit.MILLISECONDS.sleep(pauseMillis);
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
      }
    }
  }
}
