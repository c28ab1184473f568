package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each load, small, against the gateway that the same build has just packaged. */
class CapacityCommandIT {
  @TempDir private Path reports;

  @Test
  void eachLoadIsARowAndNothingIsLost() throws Exception {
    BenchRun run =
        BenchRun.of(
            "capacity",
            BenchRun.HERALD,
            "--connections=40",
            "--rates=50",
            "--audience=1000",
            "--outage-rates=1",
            "--warm-up=1",
            "--duration=2",
            "--report=" + reports);
    assertThat(run.status()).as(run.output()).isZero();
    String report = Files.readString(reports.resolve("capacity.json"));
    assertThat(report)
        .contains("connections alone", "50 messages a second")
        .containsSubsequence("one blast to 1000\"", "\"rpc logs\" : 1,", "\"deliveries\" : 40,")
        .containsSubsequence(
            "one blast to 1000, all with permissions\"",
            "\"rpc logs\" : 1,",
            "\"deliveries\" : 40,")
        .containsSubsequence("catch-up of 3600 messages", "\"deliveries\" : 3600,")
        .doesNotContain("\"database CPU s\" : -");
  }
}
