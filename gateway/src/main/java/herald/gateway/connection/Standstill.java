package herald.gateway.connection;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.ConnectionMeters;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out that an event loop stood still, because the process was stopped, the machine paused or
 * a collection of garbage took long. Meanwhile nobody read what the clients sent, so the time must
 * not count against them. Event loop.
 */
final class Standstill {
  private static final Logger LOG = LoggerFactory.getLogger(Standstill.class);

  /** A tick that comes later than this was not merely delayed by a busy machine. */
  private static final long LATEST_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final ConnectionMeters meters;
  private final IntervalLog log = new IntervalLog(LOG);
  private long lastTickNanos;

  Standstill(ConnectionMeters meters, long nowNanos) {
    this.meters = meters;
    lastTickNanos = nowNanos;
  }

  /** To be called with each tick: how long the loop stood still since the last one, or 0. */
  long measure(long nowNanos) {
    long sinceNanos = nowNanos - lastTickNanos;
    lastTickNanos = nowNanos;
    if (sinceNanos < LATEST_NANOS) {
      return 0;
    }
    long stoodNanos = sinceNanos - TimerWheel.TICK_NANOS;
    meters.stoodStill();
    log.warn(
        "an event loop stood still for "
            + TimeUnit.NANOSECONDS.toSeconds(stoodNanos)
            + " s; the deadlines of its clients are extended by that time");
    return stoodNanos;
  }
}
