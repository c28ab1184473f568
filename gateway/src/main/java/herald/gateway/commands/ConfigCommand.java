package herald.gateway.commands;

import herald.gateway.config.DatabaseUrl;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code herald config}: what is in force, and where it comes from. */
@Command(
    name = "config",
    sortOptions = false,
    abbreviateSynopsis = true,
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description = {
      "Prints the options of herald serve as they would be in force here, one a line: the name,"
          + " where the value comes from (option, environment, file or default), and the value."
          + " Passwords in database URLs are hidden. Connects to nothing.",
      "Exits with 0 if herald serve would accept the options, 2 if not."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // OptionSources reads the file
  private final ConfigFileOption file = new ConfigFileOption();

  @Mixin private final ServeOptions options = new ServeOptions();

  @Mixin
  @SuppressWarnings("UnusedVariable") // shown as all options are
  private final LogOptions logs = new LogOptions();

  private final OptionSources sources;

  ConfigCommand(OptionSources sources) {
    this.sources = sources;
  }

  @Override
  public Integer call() {
    List<OptionSpec> shown =
        spec.options().stream()
            .filter(option -> !option.usageHelp() && !option.versionHelp())
            .toList();
    int width = shown.stream().mapToInt(option -> option.longestName().length()).max().orElse(0);
    PrintWriter out = spec.commandLine().getOut();
    for (OptionSpec option : shown) {
      Value value = value(option);
      out.printf(
          "%-" + width + "s  %-11s  %s%n",
          OptionDefaults.fileName(option.longestName()),
          value.source(),
          shown(option, value.text()));
    }
    out.flush();
    // Says what is wrong, if anything is.
    var unused = options.config();
    return 0;
  }

  private record Value(String source, String text) {}

  private Value value(OptionSpec option) {
    ParseResult parsed = spec.commandLine().getParseResult();
    if (parsed.hasMatchedOption(option.longestName())) {
      List<String> given = option.originalStringValues();
      return new Value("option", given.isEmpty() ? "true" : given.get(given.size() - 1));
    }
    OptionSources.Given given = sources.given(option.longestName());
    return given == null
        ? new Value("default", OptionDefaults.described(option))
        : new Value(given.source(), given.value());
  }

  private static String shown(OptionSpec option, String value) {
    return ConfigFile.DATABASES.contains(OptionDefaults.fileName(option.longestName()))
        ? DatabaseUrl.withoutPassword(value)
        : value;
  }
}
