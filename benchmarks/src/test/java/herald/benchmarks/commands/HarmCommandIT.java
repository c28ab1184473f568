package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Harms for moments, against the gateway that the same build has just packaged. */
class HarmCommandIT {
  @TempDir private Path reports;

  @Test
  void eachHarmIsDoneAndNobodyElseLosesAnything() throws Exception {
    // One of rows and one of connections: each takes a quarter of a minute.
    String report = run("--harms=blast-flood,replays", "--duration=1");
    assertThat(report).contains("blast-flood", "replays");
  }

  @Test
  void soIsTheOneThatIsDoneEveryFiveSeconds() throws Exception {
    assertThat(run("--harms=wide-blasts", "--audience=1000", "--duration=6"))
        .contains("wide-blasts");
  }

  private String run(String... options) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "harm",
                "--embedded",
                BenchRun.HERALD,
                "--connections=40",
                "--rate=20",
                "--warm-up=1",
                "--rounds=1",
                // The others' times say nothing on a machine that runs tests.
                "--tolerance=1000000",
                "--report=" + reports));
    all.addAll(List.of(options));
    BenchRun run = BenchRun.of(all.toArray(String[]::new));
    assertThat(run.status()).as(run.output()).isZero();
    String report = Files.readString(reports.resolve("harm.json"));
    assertThat(report).doesNotContain("\"times\" : 0,");
    return report;
  }
}
