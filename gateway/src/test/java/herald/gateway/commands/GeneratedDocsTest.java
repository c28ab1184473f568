package herald.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.Gateway;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.RelaySettings;
import herald.gateway.config.StreamSettings;
import herald.gateway.relay.RelayProcess;
import herald.gateway.testing.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The tables in the documentation that are made from the code, between two comments each. With
 * {@code -Dherald.docs.write=true} this test writes them.
 */
class GeneratedDocsTest {
  private static final Path ROOT = Path.of("..");
  private static final String HOW_TO_WRITE =
      "./mvnw -q -pl gateway -am test -Dtest=GeneratedDocsTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dherald.docs.write=true";

  @Test
  void everyMetricIsInTheTableOfMetrics() throws IOException {
    // Nobody listens there: a gateway that is put together has all its meters.
    GatewayConfig config = TestGateway.config("postgresql://nobody@127.0.0.1:1/none");
    StreamSettings stream = StreamSettings.of("nats://127.0.0.1:1");
    try (Gateway gateway = new Gateway(config);
        Gateway ofStream = new Gateway(config.toBuilder().stream(stream).build())) {
      isCurrent(
          "docs/operations.md",
          "metrics",
          MetricsTable.of(gateway.scrape() + "\n" + ofStream.scrape(), "herald_", "hikaricp_"));
    }
  }

  @Test
  void everyMetricOfARelayIsInItsTable() throws IOException {
    try (RelayProcess relay =
        new RelayProcess(
            TestGateway.config("postgresql://nobody@127.0.0.1:1/none"),
            StreamSettings.of("nats://127.0.0.1:1"),
            RelaySettings.defaults())) {
      isCurrent(
          "docs/operations.md", "relay metrics", MetricsTable.of(relay.scrape(), "herald_relay_"));
    }
  }

  @Test
  void everyOptionOfARelayIsInItsTable() throws IOException {
    isCurrent("docs/operations.md", "relay options", OptionsTable.ofRelayAlone());
  }

  @Test
  void everyOptionIsInTheTableOfOptions() throws IOException {
    isCurrent("docs/operations.md", "options", OptionsTable.ofServe());
  }

  private static void isCurrent(String file, String marker, String table) throws IOException {
    Path path = ROOT.resolve(file);
    String text = Files.readString(path);
    String opening = "<!-- " + marker + " -->\n";
    String closing = "\n<!-- /" + marker + " -->";
    int from = text.indexOf(opening);
    int to = text.indexOf(closing);
    assertThat(from >= 0 && to >= from)
        .as("%s has the comments '%s' and '%s'", file, opening.strip(), closing.strip())
        .isTrue();
    int begin = from + opening.length();
    if (Boolean.getBoolean("herald.docs.write")) {
      Files.writeString(path, text.substring(0, begin) + table + text.substring(to));
      return;
    }
    assertThat(text.substring(Math.min(begin, to), to))
        .as("the table of %s in %s; it is written by: %s", marker, file, HOW_TO_WRITE)
        .isEqualTo(table);
  }
}
