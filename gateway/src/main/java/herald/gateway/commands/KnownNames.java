package herald.gateway.commands;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The names that may stand in the environment and in a configuration file. One that is mistyped
 * would otherwise be ignored in silence.
 */
final class KnownNames {
  private static final String PREFIX = "HERALD_";

  /**
   * Of the launcher, of LogConfigurator, and what containers call the version of what they hold.
   */
  private static final Set<String> NO_OPTIONS =
      Set.of("HERALD_JAVA_OPTS", "HERALD_LIBRARY_LOG_LEVEL", "HERALD_VERSION", "HERALD_HELP");

  /**
   * Of the benchmarks, which start gateways; and what Kubernetes sets in each container for a
   * service whose name is herald or begins with it: HERALD_SERVICE_HOST,
   * HERALD_ADMIN_PORT_9090_TCP_ADDR and alike.
   */
  private static final Pattern OTHERS =
      Pattern.compile(
          "HERALD_BENCH_.*"
              + "|HERALD_([A-Z0-9_]+_)?SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)"
              + "|HERALD_([A-Z0-9_]+_)?PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?");

  private final Set<String> variables = new TreeSet<>();
  private final Set<String> fileNames = new TreeSet<>();

  /**
   * @param options of all commands, with their dashes
   * @param fileOptions those that a configuration file may set
   */
  private KnownNames(Collection<String> options, Collection<String> fileOptions) {
    options.forEach(option -> variables.add(OptionDefaults.variable(option)));
    variables.addAll(NO_OPTIONS);
    fileOptions.forEach(option -> fileNames.add(OptionDefaults.fileName(option)));
  }

  /** Those of the commands that {@code herald} has; a file may set what serve and relay have. */
  static KnownNames of(CommandLine herald) {
    Map<String, CommandLine> commands = herald.getSubcommands();
    Set<String> all = new TreeSet<>();
    commands.values().forEach(command -> all.addAll(optionsOf(command)));
    Set<String> ofFile = new TreeSet<>();
    for (String name : List.of("serve", "relay")) {
      Optional.ofNullable(commands.get(name))
          .ifPresent(command -> ofFile.addAll(optionsOf(command)));
    }
    ofFile.remove(OptionSources.FILE_OPTION);
    return new KnownNames(all, ofFile);
  }

  private static List<String> optionsOf(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .map(OptionSpec::longestName)
        .toList();
  }

  /** One sentence about the first name that is unknown; null if all are known. */
  @Nullable String problem(OptionSources sources) {
    for (String name : new TreeSet<>(sources.variables())) {
      if (name.startsWith(PREFIX) && !variables.contains(name) && !OTHERS.matcher(name).matches()) {
        return "the environment has the unknown variable " + name + nearest(name, variables);
      }
    }
    ConfigFile file = sources.file();
    if (file != null) {
      for (String name : file.names()) {
        if (!fileNames.contains(name)) {
          return "the configuration file "
              + file
              + " has the unknown name "
              + name
              + nearest(name, fileNames);
        }
      }
    }
    return null;
  }

  private static String nearest(String name, Set<String> known) {
    return " (expected: the name of an option; the nearest is " + NearestName.of(name, known) + ")";
  }
}
