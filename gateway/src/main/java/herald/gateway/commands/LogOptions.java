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

  @Option(
      names = "--access-log",
      paramLabel = "on|off",
      description =
          "Whether one line is logged for each connection at its end: user, shortened address,"
              + " duration, close code, events, bytes.")
  private Switch access = Switch.ON;

  /** Decides for the whole process. */
  void apply() {
    Logs.configure(format, detail, access == Switch.ON, Build.current().version());
  }
}
