package herald.gateway.commands;

import herald.gateway.ops.Logs;
import picocli.CommandLine.Option;

/** How logs look. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields that have a default
final class LogOptions {
  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      defaultValue = "text",
      description =
          "Lines for people, or one JSON object a line with the field names of ECS.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Logs.Format format;

  @Option(
      names = "--log-level",
      paramLabel = "error|warn|info|debug|trace",
      defaultValue = "info",
      description = "How much the gateway says.%n  Default: ${DEFAULT-VALUE}")
  private Logs.Detail detail;

  /** Decides for the whole process. */
  void apply() {
    Logs.configure(format, detail);
  }
}
