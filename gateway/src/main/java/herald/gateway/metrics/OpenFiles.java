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
  private final AtomicLong nextNanos = new AtomicLong(System.nanoTime() + KEEP_NANOS);
  private volatile double count;

  OpenFiles(DoubleSupplier counter) {
    this.counter = counter;
    count = counter.getAsDouble();
  }

  double count() {
    long now = System.nanoTime();
    long next = nextNanos.get();
    if (now - next >= 0 && nextNanos.compareAndSet(next, now + KEEP_NANOS)) {
      ForkJoinPool.commonPool().execute(() -> count = counter.getAsDouble());
    }
    return count;
  }
}
