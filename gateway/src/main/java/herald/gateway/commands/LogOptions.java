package herald.gateway.commands;

import herald.gateway.logging.Logs;
import herald.gateway.ops.Build;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How logs look. */
@Command(optionListHeading = "%nLogs:%n")
final class LogOptions {

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      description =
          "Lines for people, or one JSON object per line with the field names of ECS (Elastic"
              + " Common Schema).")
  private Logs.Format format = Logs.Format.TEXT;

  @Option(
      names = "--log-level",
      paramLabel = "error|warn|info|debug|trace",
      description = "The least important lines that are logged.")
  private Logs.Detail detail = Logs.Detail.INFO;

  /** Decides for the whole process. */
  void apply() {
    Logs.configure(format, detail, Build.current().version());
  }
}
