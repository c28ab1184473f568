package herald.gateway.connection;

import herald.gateway.logging.Field;
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
  static final long LATEST_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** For so long after a standstill, what clients sent during it may still come. */
  private static final long ARREARS_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ConnectionMeters meters;
  private final IntervalLog log = new IntervalLog(LOG);
  private long lastTickNanos;

  /** When the last standstill began, and when it ended. */
  private long beganNanos;

  private long endedNanos;

  Standstill(ConnectionMeters meters, long nowNanos) {
    this.meters = meters;
    lastTickNanos = nowNanos;
    beganNanos = nowNanos - ARREARS_NANOS;
    endedNanos = beganNanos;
  }

  /** To be called with each tick: how long the loop stood still since the last one, or 0. */
  long measure(long nowNanos) {
    long sinceNanos = nowNanos - lastTickNanos;
    lastTickNanos = nowNanos;
    if (sinceNanos < LATEST_NANOS) {
      return 0;
    }
    long stoodNanos = sinceNanos - TimerWheel.TICK_NANOS;
    beganNanos = nowNanos - stoodNanos;
    endedNanos = nowNanos;
    meters.stoodStill();
    log.warn(
        "an event loop stood still for {} s; the deadlines of its clients are extended by that"
            + " time",
        Field.of("stood_s", TimeUnit.NANOSECONDS.toSeconds(stoodNanos)));
    return stoodNanos;
  }

  /**
   * Since when a client may have sent what is read now: since now, or since the loop stopped if
   * that has just ended. Sockets are read before the tick that notices it.
   */
  long mayBeSentSinceNanos(long nowNanos) {
    if (nowNanos - lastTickNanos >= LATEST_NANOS) {
      return lastTickNanos;
    }
    return nowNanos - endedNanos < ARREARS_NANOS ? beganNanos : nowNanos;
  }
}
