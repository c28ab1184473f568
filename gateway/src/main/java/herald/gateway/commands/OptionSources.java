package herald.gateway.commands;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the value of an option comes from that is not on the command line: its environment
 * variable, else the configuration file. Immutable.
 */
final class OptionSources {
  static final String FILE_OPTION = "--config";

  private final Map<String, String> environment;
  private final @Nullable ConfigFile file;
  private final @Nullable String fileProblem;

  /**
   * Reads the configuration file, if the command line or the environment names one. A file that
   * can't be read is told by {@link #fileProblem}: it is said where all errors are.
   *
   * @param arguments the command line, which is not parsed yet: the file decides what options are
   *     when they are not given
   */
  OptionSources(Map<String, String> environment, String... arguments) {
    this.environment = Map.copyOf(environment);
    String name = fileNamed(arguments);
    if (name == null) {
      name = environment.get(OptionDefaults.variable(FILE_OPTION));
    }
    ConfigFile read = null;
    String problem = null;
    if (name != null) {
      try {
        read = ConfigFile.read(Path.of(name));
      } catch (IllegalArgumentException e) {
        problem = e.getMessage();
      }
    }
    file = read;
    fileProblem = problem;
  }

  private static @Nullable String fileNamed(String... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith(FILE_OPTION + "=")) {
        return arguments[i].substring(FILE_OPTION.length() + 1);
      }
      if (arguments[i].equals(FILE_OPTION) && i + 1 < arguments.length) {
        return arguments[i + 1];
      }
    }
    return null;
  }

  /**
   * A value that was given.
   *
   * @param source {@code environment} or {@code file}
   * @param place the variable, or the file
   */
  record Given(String value, String source, String place) {}

  /** The value of an option, by its name with dashes; null if it is not given. */
  @Nullable Given given(String option) {
    String variable = OptionDefaults.variable(option);
    String value = environment.get(variable);
    if (value != null) {
      return new Given(value, "environment", variable);
    }
    String inFile = file == null ? null : file.value(OptionDefaults.fileName(option));
    return inFile == null ? null : new Given(inFile, "file", String.valueOf(file));
  }

  /** The names of all variables of the environment. */
  Set<String> variables() {
    return environment.keySet();
  }

  /** The configuration file; null without one. */
  @Nullable ConfigFile file() {
    return file;
  }

  /** Why the configuration file can't be read; null if it can, or if there is none. */
  @Nullable String fileProblem() {
    return fileProblem;
  }
}
