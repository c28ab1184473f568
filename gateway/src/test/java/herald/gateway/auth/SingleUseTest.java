package herald.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SingleUseTest {
  private static final long LIFE_MILLIS = 1_000;

  private long nowNanos;

  @Test
  void letsEachBeUsedOnceWithinItsLife() {
    SingleUse once = new SingleUse(10, LIFE_MILLIS, () -> nowNanos);
    assertThat(once.use("/ws?timestamp=1", "0xa")).isTrue();
    assertThat(once.use("/ws?timestamp=1", "0xa")).isFalse();
    assertThat(once.use("/ws?timestamp=2", "0xa")).isTrue();
    assertThat(once.use("/ws?timestamp=1", "0xb")).isTrue();
    nowNanos += TimeUnit.MILLISECONDS.toNanos(2 * LIFE_MILLIS);
    assertThat(once.use("/ws?timestamp=1", "0xa")).as("it may still be good").isFalse();
    nowNanos++;
    assertThat(once.use("/ws?timestamp=1", "0xa")).as("its timestamp refuses it now").isTrue();
  }

  @Test
  void remembersABoundedNumber() {
    SingleUse once = new SingleUse(3, LIFE_MILLIS, () -> nowNanos);
    for (int i = 0; i < 5; i++) {
      assertThat(once.use("/ws?timestamp=" + i, "0xa")).isTrue();
    }
    assertThat(once.forgotten()).isEqualTo(2);
    assertThat(once.use("/ws?timestamp=4", "0xa")).isFalse();
    assertThat(once.use("/ws?timestamp=0", "0xa")).as("the oldest is forgotten").isTrue();
  }

  @Test
  void isOffByDefault() {
    SingleUse off = new SingleUse(0, LIFE_MILLIS, () -> nowNanos);
    assertThat(off.use("/ws?timestamp=1", "0xa")).isTrue();
    assertThat(off.use("/ws?timestamp=1", "0xa")).isTrue();
  }
}
