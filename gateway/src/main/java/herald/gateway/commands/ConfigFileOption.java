package herald.gateway.commands;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which configuration file is read; {@link OptionSources} does it, before options are parsed. */
@Command(optionListHeading = "%nConfiguration:%n")
final class ConfigFileOption {
  @Option(
      names = OptionSources.FILE_OPTION,
      paramLabel = "FILE",
      description =
          "A file with options of herald serve, one a line: max-batch = 500. The command line and"
              + " the environment win over it.%n  Default: none")
  private @Nullable Path file;

  /** The file; null without one. */
  @Nullable Path file() {
    return file;
  }
}
