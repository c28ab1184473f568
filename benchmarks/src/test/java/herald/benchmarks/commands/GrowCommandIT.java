package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One or two small points of each line, against the gateway that the same build has packaged. */
class GrowCommandIT {
  @TempDir private Path reports;

  @Test
  void eachThatGrowsIsALine() throws Exception {
    BenchRun run =
        BenchRun.of(
            "grow",
            BenchRun.HERALD,
            "--connections=40",
            "--growing-connections=20,40",
            "--growing-instances=2",
            // The others take a minute more.
            "--only=connections,instances",
            "--rate=50",
            "--warm-up=1",
            "--duration=1",
            "--report=" + reports);
    // So short a run scatters too much for its lines to say anything.
    assertThat(run.status()).as(run.output()).isBetween(0, 1);
    String report = Files.readString(reports.resolve("growth.json"));
    for (String grows : List.of("connections", "instances")) {
      assertThat(report).contains("\"grows\" : \"" + grows + '"');
    }
    assertThat(report).containsSubsequence("heap per connection", "\"amount\"", "\"amount\"");
    assertThat(Files.readString(reports.resolve("growth-connections-heap-per-connection.svg")))
        .contains("<polyline");
  }
}
