package herald.gateway.commands;

import herald.gateway.config.Durations;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What an option is when it is not on the command line: what the environment or the configuration
 * file says, else what its field begins with, which is the default of the settings. Says it as an
 * operator would write it, which is also how {@code --help} shows it.
 */
final class OptionDefaults implements IDefaultValueProvider {
  /** In descriptions of options whose default is no value of its own. */
  private static final Pattern DESCRIBED = Pattern.compile("\\s+Default: ");

  private final OptionSources sources;

  OptionDefaults(OptionSources sources) {
    this.sources = sources;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    // HERALD_VERSION and HERALD_HELP are set for other reasons in many a container.
    if (!(argument instanceof OptionSpec option) || option.versionHelp() || option.usageHelp()) {
      return null;
    }
    OptionSources.Given given = sources.given(option.longestName());
    return given == null ? text(option.initialValue()) : given.value();
  }

  private static @Nullable String text(@Nullable Object initial) {
    if (initial instanceof Duration duration) {
      return Durations.text(duration);
    }
    return initial instanceof Enum<?> word ? Words.text(word) : null;
  }

  /** The default of an option as a value, or in words if it has none that can be written. */
  static String described(OptionSpec option) {
    String[] parts = DESCRIBED.split(String.join(" ", option.description()), 2);
    return parts.length == 2 ? parts[1].strip() : String.valueOf(option.defaultValueString());
  }

  /** The environment variable of an option. */
  static String variable(String optionName) {
    return "HERALD_" + fileName(optionName).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** What an option is called in a configuration file. */
  static String fileName(String optionName) {
    return optionName.replaceFirst("^-+", "");
  }
}
