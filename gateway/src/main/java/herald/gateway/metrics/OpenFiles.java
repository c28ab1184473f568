package herald.gateway.metrics;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;

/**
 * How many files and sockets the process has open. Counting walks over all of them, which with many
 * connections takes longer than the rest of a scrape: so a scrape gets the count of some seconds
 * ago, and another thread counts anew. Any thread.
 */
final class OpenFiles {
  private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final DoubleSupplier counter;
  private final DoubleSupplier most;
  private final AtomicLong nextNanos = new AtomicLong(System.nanoTime() + KEEP_NANOS);
  private volatile double count;

  /**
   * @param counter counts them; NaN where that is not possible
   * @param most how many may be open
   */
  OpenFiles(DoubleSupplier counter, DoubleSupplier most) {
    this.counter = counter;
    this.most = most;
    count = counter.getAsDouble();
  }

  double count() {
    long now = System.nanoTime();
    long next = nextNanos.get();
    if (now - next >= 0 && nextNanos.compareAndSet(next, now + KEEP_NANOS)) {
      ForkJoinPool.commonPool().execute(this::countAnew);
    }
    return count;
  }

  /** To count takes a file itself: where that was possible once and is not now, none is left. */
  void countAnew() {
    double counted = counter.getAsDouble();
    count = Double.isNaN(counted) && !Double.isNaN(count) ? most.getAsDouble() : counted;
  }
}
