package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import herald.benchmarks.servers.Centrifugo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small rounds against the gateway that the same build has just packaged. */
class CompareCommandIT {
  @TempDir private Path reports;

  private void run() {
    BenchRun run =
        BenchRun.of(
            "compare",
            BenchRun.HERALD,
            "--connections=40",
            "--rounds=2",
            "--warm-up=1",
            "--duration=1",
            "--report=" + reports);
    assertThat(run.status()).as(run.output()).isZero();
  }

  @Test
  void eachServerIsABarOfTheChart() throws Exception {
    run();
    assertThat(Files.readString(reports.resolve("compare.json")))
        .containsSubsequence("\"bare Netty loop\"", "\"Herald\"");
    assertThat(Files.readString(reports.resolve("compare.svg")))
        .containsSubsequence(">bare Netty loop<", ">Herald<");
  }

  /** All servers have to get the same messages, so there is no rate of as many as go. */
  @Test
  void aRateOfNothingIsRefused() {
    BenchRun run = BenchRun.of("compare", "--rate=0");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.output()).contains("--rate is 0.0 (expected: more than 0)");
  }

  @Test
  void centrifugoTakesPartInTheSameRounds() throws Exception {
    Optional<Path> program = Centrifugo.find();
    assumeTrue(program.isPresent(), "Centrifugo is not on the PATH: " + Centrifugo.HOW_TO_INSTALL);
    run();
    assertThat(Files.readString(reports.resolve("compare.svg")))
        .containsSubsequence(">bare Netty loop<", ">Herald<", ">Centrifugo<");
  }
}
