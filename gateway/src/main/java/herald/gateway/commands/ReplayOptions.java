package herald.gateway.commands;

import herald.gateway.config.ReplaySettings;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What is read from the database for clients that connect with {@code after=}. */
@Command(optionListHeading = "%nReplay from the database:%n")
final class ReplayOptions {
  private static final ReplaySettings DEFAULTS = ReplaySettings.defaults();

  @Option(
      names = "--max-replay",
      paramLabel = "N",
      description = "Events read from the database for one client that connects with after=.")
  private int maxEvents = DEFAULTS.maxEvents();

  @Option(
      names = "--max-replay-age",
      paramLabel = "TIME",
      description = "How far back the database is read for it.")
  private Duration maxAge = DEFAULTS.maxAge();

  @Option(
      names = "--replay-threads",
      paramLabel = "N",
      description = "Replays from the database that may run at once.")
  private int threads = DEFAULTS.threads();

  @Option(
      names = "--max-waiting-replays",
      paramLabel = "N",
      description = "Replays that may wait; one more is answered with a gap.")
  private int maxWaiting = DEFAULTS.maxWaiting();

  @Option(
      names = "--max-waiting-replays-per-user",
      paramLabel = "N",
      description = "The same for one user, of whose replays one is read at a time.")
  private int maxWaitingPerUser = DEFAULTS.maxWaitingPerUser();

  @Option(
      names = "--replay-timeout",
      paramLabel = "TIME",
      description =
          "How long a client waits for its replay while the database can be asked; then it gets a"
              + " gap, and what is new goes out.")
  private Duration timeout = DEFAULTS.timeout();

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  ReplaySettings settings() {
    return ReplaySettings.builder()
        .maxEvents(maxEvents)
        .maxAge(maxAge)
        .threads(threads)
        .maxWaiting(maxWaiting)
        .maxWaitingPerUser(maxWaitingPerUser)
        .timeout(timeout)
        .build();
  }
}
