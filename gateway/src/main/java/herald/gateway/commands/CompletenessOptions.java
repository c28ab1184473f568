package herald.gateway.commands;

import herald.gateway.config.CompletenessSettings;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How the gateway makes sure that it has missed nothing. */
@Command(optionListHeading = "%nCompleteness:%n")
final class CompletenessOptions {
  private static final CompletenessSettings DEFAULTS = CompletenessSettings.defaults();

  @Option(
      names = "--catch-up-window",
      paramLabel = "TIME",
      description =
          "After a loss of the listener, rows are found that are stamped up to this far back. It"
              + " has to be more than writers' clocks are wrong and their transactions stay open.")
  private Duration catchUpWindow = DEFAULTS.catchUpWindow();

  @Option(
      names = "--sweep-interval",
      paramLabel = "TIME",
      description =
          "How often the table is searched for rows that no notification announced; less often if"
              + " one search takes more than a hundredth of that.")
  private Duration sweepInterval = DEFAULTS.sweepInterval();

  @Option(
      names = "--schema-check-interval",
      paramLabel = "TIME",
      description = "How often trigger, tables and functions are checked.")
  private Duration schemaCheckInterval = DEFAULTS.schemaCheckInterval();

  @Option(
      names = "--blast-timeout",
      paramLabel = "TIME",
      description =
          "How long each statement that finds the audience of a blast may take; a blast for which"
              + " one takes longer is given up and counted.")
  private Duration blastTimeout = DEFAULTS.blastTimeout();

  @Option(
      names = "--max-row-wait",
      paramLabel = "TIME",
      description =
          "A gateway in which an rpc log has waited for longer says that it is not ready.")
  private Duration maxRowWait = DEFAULTS.maxRowWait();

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  CompletenessSettings settings() {
    return CompletenessSettings.builder()
        .catchUpWindow(catchUpWindow)
        .sweepInterval(sweepInterval)
        .schemaCheckInterval(schemaCheckInterval)
        .blastTimeout(blastTimeout)
        .maxRowWait(maxRowWait)
        .build();
  }
}
