package herald.gateway.connection;

import herald.gateway.metrics.ConnectionMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures how late an event loop runs what is due, with a task that runs ten times a second and
 * knows when it should have run. After a stall the runs that were missed follow and are counted, so
 * that a stall weighs as much as it lasted. A loop that is too late accepts no handshakes, since
 * the connections that it serves already come first. Event loop.
 */
final class LoopLag implements Runnable {
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ConnectionMeters meters;
  private final LongSupplier nanoClock;
  private final long maxNanos;
  private long dueNanos;

  /**
   * @param maxMillis 0 is no limit
   */
  LoopLag(ConnectionMeters meters, LongSupplier nanoClock, int maxMillis) {
    maxNanos = maxMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(maxMillis);
    this.meters = meters;
    this.nanoClock = nanoClock;
    dueNanos = nanoClock.getAsLong() + INTERVAL_NANOS;
  }

  void measure(EventExecutor loop, IsolatedFailures failures) {
    var unused =
        loop.scheduleAtFixedRate(
            failures.isolating(Place.LOOP, this),
            INTERVAL_NANOS,
            INTERVAL_NANOS,
            TimeUnit.NANOSECONDS);
  }

  /** Whether the loop is too late to accept another handshake. */
  boolean isOverLimit() {
    return nanoClock.getAsLong() - dueNanos > maxNanos;
  }

  @Override
  public void run() {
    long lateNanos = nanoClock.getAsLong() - dueNanos;
    // Before anything that may throw: otherwise the loop would count as late for ever.
    dueNanos += INTERVAL_NANOS;
    meters.loopWasLate(lateNanos);
  }
}
