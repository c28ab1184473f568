package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.GsonBuilder;
import herald.gateway.commands.HeraldCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What is written about the chart's values is made from the values and the options of the gateway.
 * With {@code -Dherald.docs.write=true} this test writes it.
 */
final class ChartValuesTest {
  private static final String HOW_TO_WRITE =
      "it is written by: ./mvnw -q -pl gateway -am test -Dtest=ChartValuesTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dherald.docs.write=true";

  /** Set by the chart itself, or of no use in a container. */
  private static final Set<String> NOT_IN_OPTIONS =
      Set.of(
          "admin",
          "admin-token-file",
          "bind",
          "config",
          "database",
          "database-password-file",
          "feed",
          "feed-ca",
          "feed-credentials",
          "feed-password-file",
          "feed-stream",
          "feed-token-file",
          "feed-user",
          "help",
          "tls-certificate",
          "tls-key",
          "version");

  private static List<ChartValues.Option> options(String command) {
    return Objects.requireNonNull(HeraldCommand.commandLine(Map.of()).getSubcommands().get(command))
        .getCommandSpec()
        .options()
        .stream()
        .map(ChartValuesTest::option)
        .filter(option -> !NOT_IN_OPTIONS.contains(option.name()))
        .sorted((one, other) -> one.name().compareTo(other.name()))
        .toList();
  }

  private static ChartValues.Option option(OptionSpec option) {
    String text = String.join(" ", option.description());
    return new ChartValues.Option(
        option.longestName().substring(2),
        text.split("%n|\\s+Default: ", 2)[0].replaceAll("\\s+", " ").strip());
  }

  private static void isCurrent(Path file, String text) throws IOException {
    if (Boolean.getBoolean("herald.docs.write")) {
      Files.writeString(file, text);
    }
    assertThat(Files.readString(file)).as("%s; %s", file, HOW_TO_WRITE).isEqualTo(text);
  }

  @Test
  void eachValueIsInTheTable() throws IOException {
    Path readme = DeployFiles.path("helm/herald/README.md");
    String text = Files.readString(readme);
    Matcher table =
        Pattern.compile("(?<=<!-- values -->\n).*?(?=\n<!-- /values -->)", Pattern.DOTALL)
            .matcher(text);
    isCurrent(readme, table.replaceFirst(Matcher.quoteReplacement(new ChartValues().table())));
    assertThat(table.find(0)).isTrue();
  }

  @Test
  void theSchemaNamesEachValueAndEachOption() throws IOException {
    Map<String, List<ChartValues.Option>> options =
        Map.of("options", options("serve"), "relay.options", options("relay"));
    assertThat(options.get("options")).hasSizeGreaterThan(50);
    assertThat(options.get("relay.options")).hasSizeGreaterThan(20);
    isCurrent(
        DeployFiles.path("helm/herald/values.schema.json"),
        new GsonBuilder()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .create()
                .toJson(new ChartValues().schema(options))
            + "\n");
  }

  @Test
  void theVersionIsThatOfThePom() throws IOException {
    Object chart = DeployFiles.yaml(DeployFiles.path("helm/herald/Chart.yaml")).get(0);
    Matcher version =
        Pattern.compile("<version>(.*?)</version>")
            .matcher(Files.readString(DeployFiles.inRepository("pom.xml")));
    assertThat(version.find()).isTrue();
    assertThat(DeployFiles.at(chart, "version")).isEqualTo(version.group(1));
    assertThat(DeployFiles.at(chart, "appVersion")).isEqualTo(version.group(1));
  }
}
