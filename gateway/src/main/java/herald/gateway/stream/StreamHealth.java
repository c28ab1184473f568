package herald.gateway.stream;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether the stream is read and filled as it should be, and if not, why. Any thread. */
final class StreamHealth {
  private final Supplier<@Nullable String> readingProblem;
  private final long timeoutNanos;
  private final LongSupplier nanoClock;
  private volatile boolean hasReachedEnd;
  private volatile boolean hasBegun;
  private volatile long markedAtNanos;
  private volatile long openedAtNanos;

  /**
   * @param readingProblem why the stream can't be read; null if it can
   * @param timeoutMillis when no relay has said anything for so long, something is wrong
   */
  StreamHealth(
      Supplier<@Nullable String> readingProblem, long timeoutMillis, LongSupplier nanoClock) {
    this.readingProblem = readingProblem;
    this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    this.nanoClock = nanoClock;
    openedAtNanos = nanoClock.getAsLong();
  }

  /** What was in the stream at the start has been read. Reader's thread. */
  void onEndReached() {
    hasReachedEnd = true;
    openedAtNanos = nanoClock.getAsLong();
  }

  /** A relay has said how far it has got. Reader's thread. */
  void onMark() {
    markedAtNanos = nanoClock.getAsLong();
    hasBegun |= hasReachedEnd;
  }

  /** Whether what was in the stream at the start has been read. */
  boolean hasReachedEnd() {
    return hasReachedEnd;
  }

  /** Whether there is a moment from which on nothing is missed. */
  boolean hasBegun() {
    return hasBegun;
  }

  /** How long ago a relay has said how far it has got; NaN before the first. */
  double markAgeSeconds() {
    return hasBegun ? (nanoClock.getAsLong() - markedAtNanos) / 1e9 : Double.NaN;
  }

  /** Why events do not arrive as they should, in a sentence; null if they do. */
  @Nullable String problem() {
    String reading = readingProblem.get();
    if (reading != null) {
      return reading;
    }
    if (!hasReachedEnd) {
      return "the past of the stream is being read";
    }
    long silentNanos = nanoClock.getAsLong() - (hasBegun ? markedAtNanos : openedAtNanos);
    if (hasBegun && silentNanos <= timeoutNanos) {
      return null;
    }
    return hasBegun
        ? "no relay has published for " + TimeUnit.NANOSECONDS.toSeconds(silentNanos) + " s"
        : "no relay has published yet";
  }
}
