package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small start of the gateway that the same build has just packaged. */
class StartCommandIT {
  @TempDir private Path reports;

  @Test
  void eachStartIsMeasuredUntilReadyAndBehindIt() throws Exception {
    BenchRun run =
        BenchRun.of(
            "start",
            BenchRun.HERALD,
            "--java=" + System.getProperty("java.home"),
            "--connections=40",
            "--rate=50",
            "--rounds=1",
            "--duration=1",
            "--warm-up=1",
            "--report=" + reports);
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(Files.readString(reports.resolve("start.json")))
        .contains("\"s to ready\"", "\"CPU us/event\"", "\"times the warm CPU\"");
  }
}
