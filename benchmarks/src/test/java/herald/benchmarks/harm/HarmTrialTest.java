package herald.benchmarks.harm;

import static org.assertj.core.api.Assertions.assertThat;

import herald.benchmarks.clients.Tick;
import herald.benchmarks.load.LoadResult;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class HarmTrialTest {
  private static final double TOLERANCE_PERCENT = 10;

  private final HarmTrial trial = new HarmTrial(HarmKind.REPLAYS);

  private static LoadResult result(long p50Micros, long p99Micros, long missing, int lost) {
    Histogram latency = Tick.emptyHistogram();
    latency.recordValueWithCount(p50Micros * 1_000, 98);
    latency.recordValueWithCount(p99Micros * 1_000, 2);
    return new LoadResult(
        List.of(), latency, Tick.emptyHistogram(), 100, 100, 100 - missing, 1, 1, 1, 0, lost);
  }

  private static LoadResult result(long p99Micros) {
    return result(1_000, p99Micros, 0, 0);
  }

  private List<String> broken(LoadResult without, LoadResult with) throws Exception {
    trial.round(() -> without, () -> result(50_000), () -> with);
    trial.wasDone(1);
    return trial.broken(TOLERANCE_PERCENT);
  }

  @Test
  void whatIsLongerByLessThanTheToleranceIsKept() throws Exception {
    assertThat(broken(result(10_000), result(10_900))).isEmpty();
    assertThat(trial.row(TOLERANCE_PERCENT))
        .containsEntry("kept", "yes")
        .hasEntrySatisfying(
            "p99 control", millis -> assertThat((double) millis).isBetween(49.0, 51.0));
  }

  @Test
  void aLongerP99IsNotKept() throws Exception {
    assertThat(broken(result(10_000), result(11_200))).singleElement().asString().contains("p99");
    assertThat(trial.row(TOLERANCE_PERCENT)).containsEntry("kept", "no");
  }

  @Test
  void aLongerP50IsNotKept() throws Exception {
    assertThat(broken(result(1_000, 10_000, 0, 0), result(1_200, 10_000, 0, 0)))
        .singleElement()
        .asString()
        .contains("p50");
  }

  @Test
  void oneLostEventOrConnectionIsTooMany() throws Exception {
    assertThat(broken(result(10_000), result(1_000, 10_000, 1, 0)))
        .singleElement()
        .asString()
        .contains("1 with it");
    assertThat(broken(result(10_000), result(1_000, 10_000, 0, 1)))
        .singleElement()
        .asString()
        .contains("2 with it");
  }

  @Test
  void aHarmThatWasNotDoneShowsNothing() throws Exception {
    trial.round(() -> result(10_000), () -> result(50_000), () -> result(10_000));
    assertThat(trial.broken(TOLERANCE_PERCENT)).singleElement().asString().contains("not done");
  }

  @Test
  void theMediansOfTheRoundsAreCompared() throws Exception {
    trial.round(() -> result(10_000), () -> result(50_000), () -> result(90_000));
    trial.round(() -> result(10_000), () -> result(50_000), () -> result(10_000));
    assertThat(broken(result(10_000), result(10_000))).isEmpty();
  }

  @Test
  void everySecondRoundIsTheOtherWayRound() throws Exception {
    List<String> order = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      trial.round(
          () -> {
            order.add("without");
            return result(10_000);
          },
          () -> {
            order.add("control");
            return result(50_000);
          },
          () -> {
            order.add("with");
            return result(10_000);
          });
    }
    assertThat(order)
        .containsExactly(
            "without", "control", "with", "with", "control", "without", "without", "control",
            "with");
  }
}
