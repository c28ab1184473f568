package herald.gateway.wal;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.metrics.Meters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What operators are shown of a slot. */
class SlotFiguresTest {
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private long nowNanos;
  private final SlotFigures figures = new SlotFigures(new Meters(registry).wal(), () -> nowNanos);

  private static SlotState state(SlotStatus status) {
    return new SlotState(status, 7, 0, 0, 11, 12, true, 0);
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  private double status(String status) {
    return registry.get("herald.wal.status").tag("status", status).gauge().value();
  }

  private double losses() {
    return registry.get("herald.wal.slot.losses").functionCounter().count();
  }

  @Test
  void theServersWordIsShown() {
    assertThat(status("unknown")).isEqualTo(1);
    figures.onState(state(SlotStatus.EXTENDED));
    assertThat(gauge("herald.wal.lag")).isEqualTo(11);
    assertThat(gauge("herald.wal.retained")).isEqualTo(12);
    assertThat(status("extended")).isEqualTo(1);
    assertThat(status("unknown")).isZero();
    figures.onNoAnswer();
    assertThat(status("unknown")).isEqualTo(1);
  }

  @Test
  void theAgeIsThatOfTheLastProbeThatWasConfirmed() {
    nowNanos += TimeUnit.SECONDS.toNanos(5);
    assertThat(gauge("herald.wal.lag.time")).isEqualTo(5);
    figures.onConfirmed(TimeUnit.SECONDS.toNanos(3));
    assertThat(gauge("herald.wal.lag.time")).isEqualTo(2);
  }

  @Test
  void aLossIsCountedOnceAndStays() {
    figures.onState(state(SlotStatus.RESERVED));
    figures.onState(state(SlotStatus.LOST));
    figures.onNoAnswer();
    figures.onState(state(SlotStatus.LOST));
    assertThat(losses()).isEqualTo(1);
    assertThat(status("lost")).isEqualTo(1);
    figures.onState(state(SlotStatus.RESERVED));
    figures.onState(state(SlotStatus.LOST));
    assertThat(losses()).isEqualTo(2);
  }
}
