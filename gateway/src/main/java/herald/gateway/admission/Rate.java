package herald.gateway.admission;

import java.util.concurrent.TimeUnit;

/**
 * So many per second on average, with a burst: the generic cell rate algorithm, whose whole state
 * is one number, the moment at which everything taken so far is paid for. Immutable; the state is
 * its user's.
 *
 * @param perSecond 0 is no limit
 * @param burstNanos how far the state may run ahead of the clock
 */
public record Rate(long perSecond, long burstNanos) {

  /** The answer of {@link #take} when that is too much. */
  public static final long REFUSED = Long.MIN_VALUE;

  /** A rate that lets this many seconds' worth come at once. */
  public static Rate perSecond(long perSecond, int burstSeconds) {
    return new Rate(perSecond, TimeUnit.SECONDS.toNanos(burstSeconds));
  }

  /**
   * Takes an amount.
   *
   * @param paidNanos the state
   * @param amount less than nine milliards
   * @return the new state, or {@link #REFUSED}
   */
  public long take(long paidNanos, long nowNanos, long amount) {
    if (perSecond == 0) {
      return paidNanos;
    }
    long begin = paidNanos - nowNanos > 0 ? paidNanos : nowNanos;
    long paid = begin + amount * TimeUnit.SECONDS.toNanos(1) / perSecond;
    return paid - nowNanos > burstNanos ? REFUSED : paid;
  }
}
