package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.commands.HeraldCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Every environment variable that {@code deploy/} sets is an option of the gateway. */
final class NamedOptionsTest {
  private static final Pattern VARIABLE = Pattern.compile("\\bHERALD_[A-Z_]+");

  /** Read by the launcher and by herald sign. */
  private static final Set<String> OTHERS = Set.of("HERALD_JAVA_OPTS", "HERALD_KEY");

  @Test
  void valuesCanBeRead() throws IOException {
    Map<String, String> unit = new HashMap<>();
    DeployFiles.text("systemd/herald.env")
        .lines()
        .filter(line -> line.startsWith("HERALD_"))
        .map(line -> line.split("=", 2))
        .forEach(pair -> unit.put(pair[0], pair[1]));
    assertThat(unit).containsKey("HERALD_DATABASE");
    parse(unit);
    parse(
        (Map<?, ?>)
            DeployFiles.at(
                DeployFiles.yaml(DeployFiles.path("kubernetes/base/configuration.yaml")).get(1),
                "data"));
    parse(
        (Map<?, ?>)
            DeployFiles.at(
                DeployFiles.yaml(DeployFiles.path("compose.yaml")).get(0),
                "services",
                "gateway",
                "environment"));
  }

  private static void parse(Map<?, ?> variables) {
    Map<String, String> environment = new HashMap<>();
    variables.forEach((name, value) -> environment.put((String) name, (String) value));
    HeraldCommand.commandLine(environment).parseArgs("serve");
  }

  @Test
  void noVariableIsMistyped() throws IOException {
    CommandLine serve =
        Objects.requireNonNull(HeraldCommand.commandLine(Map.of()).getSubcommands().get("serve"));
    Set<String> known =
        serve.getCommandSpec().options().stream()
            .map(OptionSpec::longestName)
            .map(name -> "HERALD_" + name.substring(2).replace('-', '_').toUpperCase(Locale.ROOT))
            .collect(Collectors.toCollection(TreeSet::new));
    known.addAll(OTHERS);
    Set<String> named = new TreeSet<>();
    for (Path file : DeployFiles.below("")) {
      Matcher matcher = VARIABLE.matcher(Files.readString(file));
      while (matcher.find()) {
        named.add(matcher.group());
      }
    }
    assertThat(named).contains("HERALD_DATABASE", "HERALD_BIND").isSubsetOf(known);
  }
}
