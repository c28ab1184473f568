package herald.gateway.connection;

import herald.gateway.admission.ClientAddress;
import herald.gateway.config.LimitSettings;
import herald.gateway.logging.Field;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.EnumCounter;
import herald.gateway.metrics.Meters;
import java.util.EnumMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts and logs the rejected handshakes of a server, and bounds how many rejected sockets are
 * held before they are answered. Any thread.
 */
final class RejectionTracker {
  private static final Logger LOG = LoggerFactory.getLogger(RejectionTracker.class);

  private final EnumCounter<RejectReason> counts;
  private final EnumMap<RejectReason, IntervalLog> logs = new EnumMap<>(RejectReason.class);
  private final IntervalLog failures;
  private final AtomicInteger held = new AtomicInteger();
  private final long holdNanos;
  private final int maxHeld;

  RejectionTracker(LimitSettings settings, Meters meters, LongSupplier nanoClock) {
    counts = meters.handshakes().refused(RejectReason.class);
    failures = new IntervalLog(LOG, nanoClock);
    holdNanos = TimeUnit.MILLISECONDS.toNanos(settings.refusalHoldMillis());
    maxHeld = settings.maxHeld();
    for (RejectReason reason : RejectReason.values()) {
      if (reason.isLogged()) {
        logs.put(reason, new IntervalLog(LOG, nanoClock));
      }
    }
  }

  /** Counts a rejection; logs it, once per interval, if the operator should know. */
  void record(RejectReason reason, ClientAddress client) {
    counts.increment(reason);
    if (LOG.isDebugEnabled()) {
      LOG.atDebug()
          .addKeyValue("address", client.shortened())
          .addKeyValue("reason", AccessLog.label(reason))
          .log("handshake refused");
    }
    IntervalLog log = logs.get(reason);
    if (log != null) {
      log.warn(
          "refused {}: {}",
          new Field("address", client.shortened(), client.toString()),
          new Field("reason", AccessLog.label(reason), reason.sentence()));
    }
  }

  /** Logs, once per interval, why an authentication came to no outcome. */
  void recordFailure(Throwable failure) {
    failures.warn("authentication failed: " + failure.getClass().getName());
  }

  /** Whether one more rejected socket may be held; if so, {@link #releaseHeld} has to follow. */
  boolean tryHold() {
    if (holdNanos > 0 && held.incrementAndGet() <= maxHeld) {
      return true;
    }
    if (holdNanos > 0) {
      held.decrementAndGet();
    }
    return false;
  }

  /** A socket is not held any more. */
  void releaseHeld() {
    held.decrementAndGet();
  }

  /** How many rejected sockets are held. */
  int held() {
    return held.get();
  }

  long holdNanos() {
    return holdNanos;
  }

  long count(RejectReason reason) {
    return counts.count(reason);
  }
}
