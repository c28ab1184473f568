package herald.gateway.connection;

import herald.gateway.admission.ClientAddress;
import herald.gateway.config.LimitSettings;
import herald.gateway.metrics.EnumCounter;
import herald.gateway.metrics.Meters;
import herald.gateway.ops.IntervalLog;
import java.util.EnumMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all rejections of a server share: their counters, their log lines, and the bounded number of
 * refused sockets that are held. Any thread.
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
    for (RejectReason refusal : RejectReason.values()) {
      if (refusal.isLogged()) {
        logs.put(refusal, new IntervalLog(LOG, nanoClock));
      }
    }
  }

  /** Counts a refusal, and logs it if an operator should know and has not been told just now. */
  void refused(RejectReason refusal, ClientAddress client) {
    counts.increment(refusal);
    IntervalLog log = logs.get(refusal);
    if (log != null) {
      log.warn("refused " + client + ": " + refusal.sentence());
    }
  }

  /** Logs, unless one was logged just now, why a signature could not be looked at. */
  void failed(Throwable failure) {
    failures.warn("authentication failed: " + failure.getClass().getName());
  }

  /** Takes one of the places for refused sockets that are held; false if there is none. */
  boolean hold() {
    if (holdNanos > 0 && held.incrementAndGet() <= maxHeld) {
      return true;
    }
    if (holdNanos > 0) {
      held.decrementAndGet();
    }
    return false;
  }

  /** Gives that place back. */
  void release() {
    held.decrementAndGet();
  }

  /** Refused sockets that are held. */
  int held() {
    return held.get();
  }

  long holdNanos() {
    return holdNanos;
  }

  long count(RejectReason refusal) {
    return counts.count(refusal);
  }
}
