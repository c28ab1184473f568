package herald.benchmarks.commands;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where reports go. */
@SuppressWarnings("NullAway.Init") // picocli fills the field
final class ReportOption {
  @Option(
      names = "--report",
      paramLabel = "DIRECTORY",
      defaultValue = "herald-bench-report",
      description = "Where the reports go, as JSON and as a page.%n  Default: ${DEFAULT-VALUE}")
  private Path directory;

  Path directory() {
    return directory;
  }
}
