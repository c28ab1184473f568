package herald.benchmarks.commands;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where reports go. */
@SuppressWarnings("NullAway.Init") // picocli fills the field
final class ReportOption {
  @Option(
      names = "--report",
      paramLabel = "DIRECTORY",
      description = "Where the reports go, as JSON and as a page.")
  private Path directory = Path.of("herald-bench-report");

  Path directory() {
    return directory;
  }
}
