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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Every environment variable that {@code deploy/} sets is an option of the gateway. */
final class NamedOptionsTest {
  private static final Pattern VARIABLE = Pattern.compile("\\bHERALD_[A-Z_]+");

  /** Read by the launcher and by herald sign. */
  private static final Set<String> OTHERS = Set.of("HERALD_JAVA_OPTS", "HERALD_KEY");

  /** What an environment file of systemd sets. */
  private static Map<String, String> unit(String file) throws IOException {
    Map<String, String> unit = new HashMap<>();
    DeployFiles.text(file)
        .lines()
        .filter(line -> line.startsWith("HERALD_"))
        .map(line -> line.split("=", 2))
        .forEach(pair -> unit.put(pair[0], pair[1]));
    assertThat(unit).containsKey("HERALD_DATABASE");
    return unit;
  }

  @Test
  void valuesCanBeRead() throws IOException {
    parse("serve", unit("systemd/herald.env"));
    parse(
        "serve",
        (Map<?, ?>)
            DeployFiles.at(
                DeployFiles.yaml(DeployFiles.path("kubernetes/base/configuration.yaml")).get(1),
                "data"));
    parse(
        "serve",
        (Map<?, ?>)
            DeployFiles.at(
                DeployFiles.yaml(DeployFiles.path("compose.yaml")).get(0),
                "services",
                "gateway",
                "environment"));
  }

  @Test
  void valuesOfRelaysCanBeRead() throws IOException {
    parse("relay", unit("systemd/herald-relay.env"));
    Object compose = DeployFiles.yaml(DeployFiles.path("compose.stream.yaml")).get(0);
    parse("relay", (Map<?, ?>) DeployFiles.at(compose, "services", "relay-1", "environment"));
    parse("serve", (Map<?, ?>) DeployFiles.at(compose, "services", "gateway", "environment"));
    Object configuration =
        DeployFiles.yaml(DeployFiles.path("kubernetes/relay/relay.yaml")).stream()
            .filter(manifest -> DeployFiles.at(manifest, "kind").equals("ConfigMap"))
            .findFirst()
            .orElseThrow();
    parse("relay", (Map<?, ?>) DeployFiles.at(configuration, "data"));
  }

  private static void parse(String command, Map<?, ?> variables) {
    Map<String, String> environment = new HashMap<>();
    variables.forEach((name, value) -> environment.put((String) name, (String) value));
    environment.putIfAbsent("HERALD_DATABASE", "postgresql://herald@db/platform");
    HeraldCommand.commandLine(environment).parseArgs(command);
  }

  @Test
  void noVariableIsMistyped() throws IOException {
    Map<String, CommandLine> commands = HeraldCommand.commandLine(Map.of()).getSubcommands();
    Set<String> known =
        Stream.of("serve", "relay")
            .flatMap(
                name ->
                    Objects.requireNonNull(commands.get(name)).getCommandSpec().options().stream())
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
