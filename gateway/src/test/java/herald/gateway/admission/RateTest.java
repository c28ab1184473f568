package herald.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long paid;

  private int taken(Rate rate, long nowNanos, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      long after = rate.take(paid, nowNanos, 1);
      if (after != Rate.REFUSED) {
        paid = after;
        taken++;
      }
    }
    return taken;
  }

  @Test
  void letsABurstThroughAndThenTheAverage() {
    Rate rate = Rate.perSecond(10, 5);
    assertThat(taken(rate, 0, 1_000)).isEqualTo(50);
    assertThat(taken(rate, SECOND, 1_000)).isEqualTo(10);
    assertThat(taken(rate, SECOND, 1_000)).isZero();
    assertThat(taken(rate, 60 * SECOND, 1_000)).as("never more than the burst").isEqualTo(50);
  }

  @Test
  void countsAmounts() {
    Rate rate = Rate.perSecond(1_000, 2);
    assertThat(rate.take(0, 0, 2_000)).isEqualTo(2 * SECOND);
    assertThat(rate.take(0, 0, 2_001)).isEqualTo(Rate.REFUSED);
  }

  @Test
  void zeroIsNoLimit() {
    assertThat(taken(Rate.perSecond(0, 1), 0, 1_000)).isEqualTo(1_000);
  }
}
