package herald.gateway.stream;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether the stream is read and filled as it should be, and if not, why. Any thread. */
final class StreamHealth {
  /** Clocks agree within this time. */
  private static final long CLOCK_SLACK_MICROS = TimeUnit.SECONDS.toMicros(1);

  private final Supplier<@Nullable String> readingProblem;
  private final long timeoutNanos;
  private final long longestAgeMicros;
  private final LongSupplier nanoClock;
  private final InstantSource clock;
  private volatile boolean hasReachedEnd;
  private volatile boolean hasBegun;
  private volatile boolean isBehind;
  private volatile long markedAtNanos;

  /** What the database's clock said when the last mark was made, microseconds since the epoch. */
  private volatile long markMicros;

  /** When a mark or an event has come. */
  private volatile long heardAtNanos;

  private volatile long openedAtNanos;

  /**
   * @param readingProblem why the stream can't be read; null if it can
   * @param timeoutMillis when no relay has said anything for so long, something is wrong
   * @param longestAgeMillis when what a relay has said last is older, something is wrong
   */
  StreamHealth(
      Supplier<@Nullable String> readingProblem,
      long timeoutMillis,
      long longestAgeMillis,
      LongSupplier nanoClock,
      InstantSource clock) {
    this.readingProblem = readingProblem;
    this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    longestAgeMicros = TimeUnit.MILLISECONDS.toMicros(longestAgeMillis) + CLOCK_SLACK_MICROS;
    this.nanoClock = nanoClock;
    this.clock = clock;
    openedAtNanos = nanoClock.getAsLong();
  }

  /** What was in the stream at the start has been read. Reader's thread. */
  void onEndReached() {
    hasReachedEnd = true;
    openedAtNanos = nanoClock.getAsLong();
  }

  /** The stream has been opened, and has more than what was read. Reader's thread. */
  void onBehind() {
    isBehind = true;
  }

  /** Whether the stream had more when it was opened than has been read. */
  boolean isBehind() {
    return isBehind;
  }

  /** All has been read that the stream had when it was opened. Reader's thread. */
  void onCaughtUp() {
    isBehind = false;
  }

  /**
   * A relay has said how far it has got. Reader's thread.
   *
   * @param micros the database's clock then, microseconds since the epoch
   */
  void onMark(long micros) {
    markMicros = micros;
    markedAtNanos = nanoClock.getAsLong();
    heardAtNanos = markedAtNanos;
    hasBegun |= hasReachedEnd;
  }

  /**
   * An event has come. A relay that has much to read says how far it has got behind all of it,
   * which may take long: until then its events say that it is there. Reader's thread.
   */
  void onEvent(long nowNanos) {
    heardAtNanos = nowNanos;
  }

  /** Whether what was in the stream at the start has been read. */
  boolean hasReachedEnd() {
    return hasReachedEnd;
  }

  /** Whether there is a moment from which on nothing is missed. */
  boolean hasBegun() {
    return hasBegun;
  }

  /**
   * The age of the last mark by the database's clock, or since it came, which is shorter if clocks
   * agree; NaN before the first.
   */
  double markAgeSeconds() {
    double sinceItCame = (nanoClock.getAsLong() - markedAtNanos) / 1e9;
    return hasBegun ? Math.max(sinceItCame, markAgeMicros() / 1e6) : Double.NaN;
  }

  private long markAgeMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()) - markMicros;
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
    if (isBehind) {
      return "what came into the stream meanwhile is being read";
    }
    long silentNanos = nanoClock.getAsLong() - (hasBegun ? heardAtNanos : openedAtNanos);
    if (hasBegun && silentNanos <= timeoutNanos) {
      long ageMicros = markAgeMicros();
      return ageMicros <= longestAgeMicros
          ? null
          : "the last mark of the stream is "
              + TimeUnit.MICROSECONDS.toSeconds(ageMicros)
              + " s old by the database's clock";
    }
    return hasBegun
        ? "no relay has published for " + TimeUnit.NANOSECONDS.toSeconds(silentNanos) + " s"
        : "no relay has published yet";
  }
}
