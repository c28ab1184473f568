package herald.benchmarks.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CpuTimesTest {

  @Test
  void countsWhatHasBegunSinceAndNotWhatHasEnded() {
    CpuTimes before = new CpuTimes(Map.of(1L, 100L, 2L, 1_000L));
    assertThat(new CpuTimes(Map.of(1L, 130L, 3L, 7L)).since(before)).isEqualTo(37);
  }

  @Test
  void leavesOutWhatHasJustEnded() {
    CpuTimes times =
        CpuTimes.of(
            LongStream.of(1, 2),
            id -> {
              if (id == 2) {
                throw new UncheckedIOException(new IOException("it has ended"));
              }
              return 5;
            });
    assertThat(times.nanos()).containsExactly(Map.entry(1L, 5L));
  }

  @Test
  void thisProcessHasUsedTimeForItsCompilersAndForMore() {
    ProcessFigures here = new ProcessFigures(ProcessHandle.current().pid());
    long compilers = here.compilerTimes().since(new CpuTimes(Map.of()));
    assertThat(compilers).isPositive().isLessThan(here.cpuNanos());
  }
}
