package herald.gateway.commands;

import herald.gateway.config.RevalidationSettings;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How it is found out that a connected user may not be here any more. */
@Command(optionListHeading = "%nUsers who lose access:%n")
final class RevalidationOptions {
  private static final RevalidationSettings DEFAULTS = RevalidationSettings.defaults();

  @Option(
      names = "--revalidate-interval",
      paramLabel = "TIME",
      description =
          "Within which time a connection ends whose user was deactivated or banned, or has another"
              + " wallet; 0s never checks.")
  private Duration interval = DEFAULTS.interval();

  @Option(names = "--revalidate-batch", paramLabel = "N", description = "Users in one such query.")
  private int batch = DEFAULTS.batch();

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  RevalidationSettings settings() {
    return new RevalidationSettings(interval, batch);
  }
}
