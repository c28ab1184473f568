package herald.gateway.commands;

import herald.gateway.config.Durations;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What an option is when it is not given: the value of its environment variable ({@code
 * --max-batch}, {@code HERALD_MAX_BATCH}), else what its field begins with, which is the default of
 * the settings. Says it as an operator would write it, which is also how {@code --help} shows it.
 */
final class OptionDefaults implements IDefaultValueProvider {
  private final Map<String, String> environment;

  OptionDefaults(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    // HERALD_VERSION and HERALD_HELP are set for other reasons in many a container.
    if (!(argument instanceof OptionSpec option) || option.versionHelp() || option.usageHelp()) {
      return null;
    }
    String given = environment.get(variable(option.longestName()));
    return given == null ? text(option.initialValue()) : given;
  }

  private static @Nullable String text(@Nullable Object initial) {
    if (initial instanceof Duration duration) {
      return Durations.text(duration);
    }
    return initial instanceof Enum<?> word ? Words.text(word) : null;
  }

  /** The environment variable of an option. */
  static String variable(String optionName) {
    return "HERALD_"
        + optionName.replaceFirst("^-+", "").replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
