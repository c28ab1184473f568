package herald.gateway.connection;

import herald.gateway.metrics.ConnectionMeters;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures how late an event loop comes to what is due: a task ten times a second that knows when
 * it should have run. After a stall each run that was missed is made up for and counted, so a long
 * stall weighs as much as it lasted. Event loop.
 */
final class LoopLag implements Runnable {
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ConnectionMeters meters;
  private final LongSupplier nanoClock;
  private long dueNanos;

  private LoopLag(ConnectionMeters meters, LongSupplier nanoClock) {
    this.meters = meters;
    this.nanoClock = nanoClock;
    dueNanos = nanoClock.getAsLong() + INTERVAL_NANOS;
  }

  static void measure(EventExecutor loop, ConnectionMeters meters, LongSupplier nanoClock) {
    var unused =
        loop.scheduleAtFixedRate(
            new LoopLag(meters, nanoClock), INTERVAL_NANOS, INTERVAL_NANOS, TimeUnit.NANOSECONDS);
  }

  @Override
  public void run() {
    meters.loopWasLate(nanoClock.getAsLong() - dueNanos);
    dueNanos += INTERVAL_NANOS;
  }
}
