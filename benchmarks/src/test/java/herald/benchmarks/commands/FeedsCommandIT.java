package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import herald.benchmarks.servers.NatsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole instance and a light one of two feeds, against what the same build has packaged. */
class FeedsCommandIT {
  @TempDir private Path reports;

  @Test
  void wholeAndLightInstancesGetAllEvents() throws Exception {
    assumeTrue(
        NatsServer.find().isPresent(), "there is no nats-server: " + NatsServer.HOW_TO_INSTALL);
    BenchRun run =
        BenchRun.of(
            "feeds",
            BenchRun.HERALD,
            "--feeds=notifications,log",
            "--instances=2",
            "--full-instances=1",
            "--connections=20",
            "--relays=1",
            "--rounds=1",
            "--warm-up=0",
            "--duration=1",
            "--unpaced=1",
            "--writers=2",
            "--report=" + reports);
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(Files.readString(reports.resolve("feeds.json")))
        .containsSubsequence(
            "\"notifications\",",
            "\"lost\" : 0,",
            "\"twice\" : 0,",
            "\"log\",",
            "\"lost\" : 0,",
            "\"twice\" : 0,",
            FeedsCommand.LIGHT);
  }
}
