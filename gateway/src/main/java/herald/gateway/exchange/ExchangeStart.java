package herald.gateway.exchange;

import herald.gateway.logging.IntervalLog;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The start of an instance: from its first hello on until it knows what the others know, or has
 * waited for that long enough. Then it is settled, and stays so. Exchange's thread, but where it
 * says otherwise.
 */
final class ExchangeStart {
  /** How long a new instance waits for what the others know, from its first hello on. */
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** How long the others have to answer a hello. */
  private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final InstanceBus bus;
  private final IntervalLog errors;
  private volatile boolean isSettled;
  private boolean hasBegun;
  private long firstHelloNanos;
  private long answerNanos = ANSWER_NANOS;
  private long completeSinceNanos = Long.MIN_VALUE;

  ExchangeStart(InstanceBus bus, IntervalLog errors) {
    this.bus = bus;
    this.errors = errors;
  }

  /** Whether the start is over. Any thread. */
  boolean isSettled() {
    return isSettled;
  }

  /**
   * Looks whether the start is over; to be called often.
   *
   * @param hasSaidHello whether the hello has been sent
   * @param isComplete whether all is known that other instances are known to have said
   */
  void advance(boolean hasSaidHello, boolean isComplete, long nowNanos) {
    if (isSettled || !hasSaidHello) {
      return;
    }
    if (!hasBegun) {
      hasBegun = true;
      firstHelloNanos = nowNanos;
      answerNanos = isAlone() ? 0 : ANSWER_NANOS;
    }
    if (!isComplete) {
      completeSinceNanos = Long.MIN_VALUE;
    } else if (completeSinceNanos == Long.MIN_VALUE) {
      completeSinceNanos = nowNanos;
    }
    boolean isAnswered =
        completeSinceNanos != Long.MIN_VALUE && nowNanos - completeSinceNanos >= answerNanos;
    isSettled = isAnswered || nowNanos - firstHelloNanos >= LONGEST_NANOS;
  }

  private boolean isAlone() {
    try {
      return bus.isAlone();
    } catch (IOException e) {
      errors.warn("it can't be told whether other instances listen: " + e.getMessage());
      return false;
    }
  }

  /**
   * Why clients of other instances may not be known here yet, in a sentence; null if they are, or
   * if that was waited for long enough. Any thread.
   */
  @Nullable String problem() {
    return isSettled ? null : "the other instances' positions are being learned";
  }
}
