package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each harm for a second, against the gateway that the same build has just packaged. */
class HarmCommandIT {
  @TempDir private Path reports;

  @Test
  void eachHarmIsDoneAndNobodyElseLosesAnything() throws Exception {
    BenchRun run =
        BenchRun.of(
            "harm",
            "--embedded",
            BenchRun.HERALD,
            "--connections=40",
            "--rate=20",
            "--warm-up=1",
            "--duration=1",
            "--rounds=1",
            // One of rows and one of connections: each takes a quarter of a minute.
            "--harms=blast-flood,replays",
            // The others' times say nothing on a machine that runs tests.
            "--tolerance=1000000",
            "--report=" + reports);
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(Files.readString(reports.resolve("harm.json")))
        .contains("blast-flood", "replays")
        .doesNotContain("\"times\" : 0,");
  }
}
