package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RelayDutyTest {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

  private final AtomicInteger takenOver = new AtomicInteger();
  private double random = 0;
  private final RelayDuty duty = new RelayDuty(1_000, 0, () -> random, takenOver::incrementAndGet);

  @Test
  void waitsForThePatienceBeforeItPublishesWhatAnotherHasNot() {
    assertThat(duty.mayPublish(PATIENCE - 1, 0)).isFalse();
    assertThat(duty.mayPublish(PATIENCE, 0)).isTrue();
    assertThat(duty.isActive()).isFalse();
  }

  @Test
  void waitsWhileSomethingOfAnotherComes() {
    duty.onForeign(PATIENCE / 2);
    assertThat(duty.mayPublish(PATIENCE, 0)).isFalse();
    assertThat(duty.mayPublish(PATIENCE + PATIENCE / 2, 0)).isTrue();
  }

  @Test
  void doesNotTakeOverForWhatHasJustCome() {
    assertThat(duty.mayPublish(10 * PATIENCE, 10 * PATIENCE - 1)).isFalse();
  }

  @Test
  void publishesInTheEndWhatAnotherLeavesOut() {
    for (long nanos = 0; nanos < 5 * PATIENCE; nanos += PATIENCE / 4) {
      duty.onForeign(nanos);
      assertThat(duty.mayPublish(nanos, 0)).isFalse();
    }
    duty.onForeign(5 * PATIENCE);
    assertThat(duty.mayPublish(5 * PATIENCE, 0)).isTrue();
  }

  @Test
  void hasTakenOverWhenTheEngineHasStoredSomething() {
    duty.onStored();
    assertThat(duty.isActive()).isTrue();
    assertThat(duty.mayPublish(0, 0)).isTrue();
    duty.onStored();
    assertThat(takenOver).hasValue(1);
  }

  @Test
  void standsByWhenAnotherHasWritten() {
    duty.onStored();
    duty.onForeign(PATIENCE);
    assertThat(duty.isActive()).isFalse();
    assertThat(duty.mayPublish(2 * PATIENCE - 1, PATIENCE)).isFalse();
  }

  @Test
  void twoDoNotBeginInTheSameMoment() {
    random = 1;
    duty.onForeign(0);
    assertThat(duty.mayPublish(PATIENCE, 0)).isFalse();
    assertThat(duty.mayPublish(PATIENCE + PATIENCE / 5, 0)).isTrue();
  }
}
