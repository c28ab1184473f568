package herald.gateway.commands;

import herald.gateway.commands.Quantities.Millis;
import herald.gateway.commands.Quantities.MillisConverter;
import herald.gateway.config.CompletenessSettings;
import picocli.CommandLine.Option;

/** How the gateway makes sure that it has missed nothing. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CompletenessOptions {
  @Option(
      names = "--catch-up-window",
      paramLabel = "TIME",
      defaultValue = "24h",
      converter = MillisConverter.class,
      description =
          "How far back rows may be stamped that are found after a loss of the listener: more"
              + " than writers' clocks are wrong and their transactions stay open.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis catchUpWindow;

  @Option(
      names = "--sweep-interval",
      paramLabel = "TIME",
      defaultValue = "1m",
      converter = MillisConverter.class,
      description =
          "How often the table is searched for rows that no notification announced; less often"
              + " if one search takes more than a hundredth of that.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis sweepInterval;

  @Option(
      names = "--schema-check-interval",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = MillisConverter.class,
      description =
          "How often trigger, tables and functions are looked at.%n  Default: ${DEFAULT-VALUE}")
  private Millis schemaCheckInterval;

  @Option(
      names = "--blast-timeout",
      paramLabel = "TIME",
      defaultValue = "1m",
      converter = MillisConverter.class,
      description =
          "How long it may take to find the audience of a blast; one that takes longer is given"
              + " up and counted.%n  Default: ${DEFAULT-VALUE}")
  private Millis blastTimeout;

  @Option(
      names = "--max-row-wait",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = MillisConverter.class,
      description =
          "A gateway in which an rpc log has waited for longer is not ready.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis maxRowWait;

  CompletenessSettings settings() {
    return new CompletenessSettings(
        catchUpWindow.value(),
        sweepInterval.value(),
        schemaCheckInterval.value(),
        blastTimeout.asInt(),
        maxRowWait.value());
  }
}
