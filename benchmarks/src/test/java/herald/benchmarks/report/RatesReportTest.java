package herald.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import herald.benchmarks.clients.Tick;
import herald.benchmarks.compare.RateContender;
import herald.benchmarks.compare.RateRound;
import herald.benchmarks.compare.RateStep;
import herald.benchmarks.load.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatesReportTest {
  private static final RateStep STEP = new RateStep(1_000, 1);
  private static final int EVENTS = 100;

  @TempDir private Path directory;

  /** In one second, in which the idle connections cost 1 ms: 10 us per event. */
  private static RateRound round(String contender, double microsPerEvent, long missing) {
    Histogram latency = Tick.emptyHistogram();
    latency.recordValueWithCount(1_500_000, EVENTS);
    long cpuNanos = (long) ((microsPerEvent + 10) * 1_000 * EVENTS);
    LoadResult result =
        new LoadResult(
            List.of(),
            latency,
            Tick.emptyHistogram(),
            EVENTS,
            EVENTS,
            EVENTS - missing,
            0,
            0,
            1_000_000_000,
            cpuNanos,
            0);
    return new RateRound(contender, STEP, result, 1_000, 7_000 * EVENTS);
  }

  private static final List<RateRound> ROUNDS =
      List.of(
          round(RateContender.LEAST, 100, 0),
          round("Herald", 150, 0),
          round("Herald", 90, 3),
          round(RateContender.LEAST, 50, 0),
          round(RateContender.LEAST, 40, 0),
          round("Herald", 100, 0));

  private static String row(String name) {
    return new RatesReport("command", ROUNDS)
        .text()
        .lines()
        .skip(1)
        .filter(line -> line.contains(name))
        .findFirst()
        .orElse("");
  }

  @Test
  void theMedianOfTheRoundsIsShownWithItsSpreadAndWithoutTheIdleCost() {
    assertThat(row("Herald")).contains("100.00 (90.00 to 150.00)");
    assertThat(row(RateContender.LEAST)).contains("50.00 (40.00 to 100.00)");
  }

  @Test
  void ratiosAreThoseOfTheSameRound() {
    assertThat(row("Herald")).contains(" 1.80 (1.50 to 2.50)");
    assertThat(row(RateContender.LEAST)).contains(" 1.00 (1.00 to 1.00)");
  }

  @Test
  void whatDidNotArriveAndWhatTheDatabaseTookAreShown() {
    assertThat(row("Herald")).containsPattern(" 3 +100\\.00").endsWith(" 7.00 (7.00 to 7.00)");
  }

  @Test
  void theFilesHaveTheRoundsAndTheCharts() throws IOException {
    new RatesReport("command", ROUNDS).write(directory);
    assertThat(Files.readString(directory.resolve("rates.json")))
        .contains("\"missing\" : 3", "\"median\" : 1.8");
    assertThat(Files.readString(directory.resolve("rates.html")))
        .contains("<svg", "1,000 events/s to one receiver", "1.80 ×");
  }
}
