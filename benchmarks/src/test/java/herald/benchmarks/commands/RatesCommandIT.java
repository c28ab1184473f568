package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import herald.benchmarks.servers.Centrifugo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small rounds against the gateway that the same build has just packaged. */
class RatesCommandIT {
  @TempDir private Path reports;

  private String run(String... more) throws IOException {
    String[] arguments = {
      "rates",
      BenchRun.HERALD,
      "--connections=40",
      "--rounds=2",
      "--warm-up=1",
      "--step-warm-up=1",
      "--duration=1",
      "--report=" + reports
    };
    BenchRun run = BenchRun.of(concat(arguments, more));
    assertThat(run.status()).as(run.output()).isZero();
    return Files.readString(reports.resolve("rates.json"));
  }

  private static String[] concat(String[] some, String[] more) {
    return Stream.of(some, more).flatMap(Arrays::stream).toArray(String[]::new);
  }

  @Test
  void eachServerGetsAllEventsOfEachRate() throws Exception {
    String report = run("--rates=50,200", "--rows-per-commit=1,4");
    assertThat(report)
        .containsSubsequence(
            "\"eventsPerSecond\" : 200,",
            "\"the least\",",
            "\"missing\" : 0,",
            "\"committed\" : 200,",
            "\"Herald\",",
            "\"missing\" : 0,",
            "\"committed\" : 200,",
            "\"eventsPerSecond\" : 50,",
            "\"the least\",",
            "\"missing\" : 0,",
            "\"Herald\",",
            "\"missing\" : 0,")
        .containsPattern("\"databaseCpuMicrosPerEvent\" : [1-9]")
        .containsPattern("\"cpuMicrosPerEventWithIdle\" : [1-9]");
  }

  @Test
  void centrifugoTakesPartInTheSameRounds() throws Exception {
    Optional<Path> program = Centrifugo.find();
    assumeTrue(program.isPresent(), "Centrifugo is not on the PATH: " + Centrifugo.HOW_TO_INSTALL);
    String report = run("--rates=100", "--rows-per-commit=1");
    assertThat(report)
        .containsSubsequence(
            "\"Herald\",", "\"Centrifugo\",", "\"missing\" : 0,", "\"delivered\" : 100,");
  }
}
