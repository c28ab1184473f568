package herald.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long paid;

  private int taken(TokenBucket bucket, long nowNanos, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      long after = bucket.take(paid, nowNanos, 1);
      if (after != TokenBucket.REFUSED) {
        paid = after;
        taken++;
      }
    }
    return taken;
  }

  @Test
  void letsABurstThroughAndThenTheAverage() {
    TokenBucket bucket = TokenBucket.perSecond(10, 5);
    assertThat(taken(bucket, 0, 1_000)).isEqualTo(50);
    assertThat(taken(bucket, SECOND, 1_000)).isEqualTo(10);
    assertThat(taken(bucket, SECOND, 1_000)).isZero();
    assertThat(taken(bucket, 60 * SECOND, 1_000)).as("never more than the burst").isEqualTo(50);
  }

  @Test
  void countsAmounts() {
    TokenBucket bucket = TokenBucket.perSecond(1_000, 2);
    assertThat(bucket.take(0, 0, 2_000)).isEqualTo(2 * SECOND);
    assertThat(bucket.take(0, 0, 2_001)).isEqualTo(TokenBucket.REFUSED);
  }

  @Test
  void zeroIsNoLimit() {
    assertThat(taken(TokenBucket.perSecond(0, 1), 0, 1_000)).isEqualTo(1_000);
  }
}
