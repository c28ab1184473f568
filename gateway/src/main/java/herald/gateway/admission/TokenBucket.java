package herald.gateway.admission;

import java.util.concurrent.TimeUnit;

/**
 * A rate with a burst: so many tokens per second on average, and a bounded number at once.
 *
 * <p>It is kept as the generic cell rate algorithm keeps it. The whole state of a bucket is one
 * number, the moment until which the tokens that were taken so far have used up the rate; taking
 * tokens moves it on, and it may run ahead of the clock by the burst. This record holds only the
 * rate and is immutable; each user of a bucket keeps the state.
 *
 * @param perSecond tokens per second; 0 is no limit
 * @param burstNanos how far the state may run ahead of the clock
 */
public record TokenBucket(long perSecond, long burstNanos) {

  /** The answer of {@link #take} when there are not enough tokens. */
  public static final long REFUSED = Long.MIN_VALUE;

  /** A bucket that may give the tokens of so many seconds at once. */
  public static TokenBucket perSecond(long perSecond, int burstSeconds) {
    return new TokenBucket(perSecond, TimeUnit.SECONDS.toNanos(burstSeconds));
  }

  /**
   * Takes tokens.
   *
   * @param usedUntilNanos the state
   * @param tokens at most nine billion, so that their nanoseconds fit into a long
   * @return the new state, or {@link #REFUSED}
   */
  public long take(long usedUntilNanos, long nowNanos, long tokens) {
    return take(usedUntilNanos, nowNanos, nowNanos, tokens);
  }

  /**
   * The same for what may have been due for some time already.
   *
   * @param sinceNanos the tokens of the time from then until now have not been lost
   */
  public long take(long usedUntilNanos, long sinceNanos, long nowNanos, long tokens) {
    if (perSecond == 0) {
      return usedUntilNanos;
    }
    long begin = usedUntilNanos - sinceNanos > 0 ? usedUntilNanos : sinceNanos;
    long next = begin + tokens * TimeUnit.SECONDS.toNanos(1) / perSecond;
    return next - nowNanos > burstNanos ? REFUSED : next;
  }
}
