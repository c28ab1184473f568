package herald.gateway.commands;

import herald.gateway.config.RehearsalSettings;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What is done before the instance is ready. */
@Command(optionListHeading = "%nStarting:%n")
final class RehearsalOptions {
  @Option(
      names = "--rehearsal",
      paramLabel = "TIME",
      description =
          "How long made-up events may go the whole way to a client of the instance's own before"
              + " it is ready, so that the first real ones do not wait for code to be loaded and"
              + " compiled; 0s for none. On two processors it has gained nothing.")
  private Duration longest = RehearsalSettings.defaults().longest();

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  RehearsalSettings settings() {
    return new RehearsalSettings(longest);
  }
}
