package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A small run against the gateway that the same build has just packaged. */
class RunCommandIT {
  @TempDir private Path reports;

  @Test
  void allThatIsCommittedArrives() throws Exception {
    BenchRun run =
        BenchRun.of(
            "run",
            "--embedded",
            BenchRun.HERALD,
            "--connections=40",
            "--rate=50",
            "--audience=60",
            "--permissions",
            "--mix=chats=8,groups=1,blasts=1",
            "--warm-up=1",
            "--duration=2",
            "--report=" + reports);
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(Files.readString(reports.resolve("run.json"))).contains("\"complete\" : true");
    assertThat(Files.readString(reports.resolve("run.html")))
        .contains("<svg")
        .doesNotContain("http://127")
        .doesNotContain("<script");
  }

  @Test
  void twoDatabasesAreOneTooMany() {
    StringWriter err = new StringWriter();
    CommandLine commandLine = BenchCommand.commandLine();
    commandLine.setErr(new PrintWriter(err));
    assertThat(commandLine.execute("run", "--embedded", "--database=postgresql://a@127.0.0.1/b"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("two databases are named");
  }
}
