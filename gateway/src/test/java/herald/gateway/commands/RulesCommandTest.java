package herald.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The rules of Prometheus with the address of the operator's own runbook. */
final class RulesCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine commandLine = HeraldCommand.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }

  @Test
  void printsTheFile() throws IOException {
    assertThat(run("rules")).isZero();
    assertThat(out.toString())
        .isEqualTo(Files.readString(Path.of("../deploy/prometheus/herald.rules.yml")));
  }

  @Test
  void everyLinkIsAbsoluteWithAnAddress() {
    assertThat(run("rules", "--runbook-url", "https://wiki.example/a/herald?v=1")).isZero();
    List<String> links =
        out.toString().lines().filter(line -> line.contains("runbook_url:")).toList();
    long alerts = out.toString().lines().filter(line -> line.contains("- alert:")).count();
    assertThat(links)
        .hasSize((int) alerts)
        .allMatch(
            link ->
                link.matches(" +runbook_url: https://wiki\\.example/a/herald\\?v=1#herald[a-z]+"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "wiki.example", "ftp://x/y", "https://x/y#z", "https://x/ y", "https://x/\"y"})
  void whatIsNoAddressIsRefused(String url) {
    assertThat(run("rules", "--runbook-url=" + url)).isEqualTo(2);
    assertThat(err.toString()).startsWith("herald: --runbook-url is '" + url + "' (expected: ");
    assertThat(out.toString()).isEmpty();
  }
}
