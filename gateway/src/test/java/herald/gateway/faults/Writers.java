package herald.gateway.faults;

import herald.demo.platform.Platform;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Threads that commit at a steady rate, with clocks up to two hours apart. What becomes of a
 * transaction whose database goes away is for the database to say.
 */
final class Writers {
  private static final long RETRY_MILLIS = 200;
  private static final int FARTHEST_MINUTES = 60;

  private final long intervalNanos;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  Writers(
      DataSource database,
      Population population,
      Recent recent,
      Random random,
      int transactionsPerSecond) {
    Object blasts = new Object();
    List<Duration> clocks =
        List.of(
            Duration.ofMinutes(-FARTHEST_MINUTES),
            Duration.ZERO,
            Duration.ofMinutes(random.nextInt(2 * FARTHEST_MINUTES) - FARTHEST_MINUTES),
            Duration.ofMinutes(FARTHEST_MINUTES));
    intervalNanos = TimeUnit.SECONDS.toNanos(1) * clocks.size() / transactionsPerSecond;
    for (Duration offset : clocks) {
      Platform platform = new Platform(database, Clock.offset(Clock.systemUTC(), offset));
      Writer writer =
          new Writer(platform, population, recent, blasts, new Random(random.nextLong()));
      Thread thread = new Thread(() -> run(writer), "writer at " + offset);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  private void run(Writer writer) {
    long next = System.nanoTime();
    try {
      while (!stopped) {
        try {
          writer.write();
        } catch (SQLException e) {
          TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
        next += intervalNanos;
        TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
        next = Math.max(next, System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends when what has been begun is committed. */
  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
