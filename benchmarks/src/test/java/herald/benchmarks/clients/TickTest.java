package herald.benchmarks.clients;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class TickTest {
  @Test
  void isReadAsItWasWritten() {
    Histogram latency = Tick.emptyHistogram();
    latency.recordValue(1_500_000);
    latency.recordValue(90_000_000);
    Tick tick = new Tick(10, 12, 1, 2, 345, 6, latency);
    assertThat(Tick.fromLine(tick.toLine())).isEqualTo(tick);
  }

  @Test
  void mayHoldNoLatency() {
    Tick tick = new Tick(0, 0, 0, 0, 0, 0, Tick.emptyHistogram());
    assertThat(Tick.fromLine(tick.toLine())).isEqualTo(tick);
  }
}
