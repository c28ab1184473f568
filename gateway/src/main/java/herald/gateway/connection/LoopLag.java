package herald.gateway.connection;

import herald.gateway.metrics.ConnectionMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures how late an event loop comes to what is due: a task ten times a second that knows when
 * it should have run. After a stall each run that was missed is made up for and counted, so a long
 * stall weighs as much as it lasted. A loop that is too far behind takes no handshakes until it is
 * not, since those it serves already come first. Event loop.
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

  /** Whether the loop is too far behind to take on more. */
  boolean isTooMuch() {
    return nanoClock.getAsLong() - dueNanos > maxNanos;
  }

  @Override
  public void run() {
    long lateNanos = nanoClock.getAsLong() - dueNanos;
    // First: a run that is not made up for would count as lag for ever.
    dueNanos += INTERVAL_NANOS;
    meters.loopWasLate(lateNanos);
  }
}
