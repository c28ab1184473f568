package herald.gateway.logging;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A warning that may occur a thousand times a second and is logged at most once per interval, with
 * the number of those that were not as the field {@code suppressed}. Any thread.
 */
public final class IntervalLog {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Logger log;
  private final LongSupplier nanoClock;
  private final AtomicLong nextNanos;
  private final AtomicLong suppressed = new AtomicLong();

  /** A log that goes by {@code System.nanoTime}. */
  public IntervalLog(Logger log) {
    this(log, System::nanoTime);
  }

  /** A log that goes by the given clock. */
  public IntervalLog(Logger log, LongSupplier nanoClock) {
    this.log = log;
    this.nanoClock = nanoClock;
    nextNanos = new AtomicLong(nanoClock.getAsLong());
  }

  /** Logs the sentence, or counts it as suppressed. */
  public void warn(String sentence) {
    log(sentence, null);
  }

  /**
   * The same with parts that are fields in JSON.
   *
   * @param sentence has {@code {}} in the place of each field, and so is no text of others
   */
  public void warn(String sentence, Field... fields) {
    log(sentence, null, (Object[]) fields);
  }

  /**
   * The same with a stack trace.
   *
   * @param trace asked only if the sentence is logged
   */
  public void warn(String sentence, Supplier<? extends Throwable> trace) {
    log(sentence, trace);
  }

  private void log(
      String sentence, @Nullable Supplier<? extends Throwable> trace, Object... fields) {
    long now = nanoClock.getAsLong();
    long next = nextNanos.get();
    if (now - next < 0 || !nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
      suppressed.incrementAndGet();
      return;
    }
    long before = suppressed.getAndSet(0);
    LoggingEventBuilder line = log.atWarn();
    if (before > 0) {
      line = line.addKeyValue("suppressed", before);
    }
    if (trace != null) {
      line = line.setCause(trace.get());
    }
    if (fields.length == 0) {
      line.log(sentence);
    } else {
      line.log(sentence, fields);
    }
  }
}
