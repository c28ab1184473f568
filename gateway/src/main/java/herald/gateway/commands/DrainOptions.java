package herald.gateway.commands;

import herald.gateway.config.DrainSettings;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How connections are closed on a stop, and when they are old. */
@Command(optionListHeading = "%nStopping and rebalancing:%n")
final class DrainOptions {
  private static final DrainSettings DEFAULTS = DrainSettings.defaults();

  @Option(
      names = "--drain-delay",
      paramLabel = "TIME",
      description =
          "On a stop: the time from not ready to the first close, for the load balancer to notice.")
  private Duration delay = DEFAULTS.delay();

  @Option(
      names = "--drain-period",
      paramLabel = "TIME",
      description = "On a stop: the closes are spread evenly over this time.")
  private Duration period = DEFAULTS.period();

  @Option(
      names = "--drain-confirm",
      paramLabel = "TIME",
      description = "How long a client may take, before such a close, to confirm what it received.")
  private Duration confirmTimeout = DEFAULTS.confirmTimeout();

  @Option(
      names = "--drain-timeout",
      paramLabel = "TIME",
      description = "On a stop: the time from the signal to the exit, whatever is still open.")
  private Duration timeout = DEFAULTS.timeout();

  @Option(
      names = "--max-lifetime",
      paramLabel = "TIME",
      description =
          "How long a connection may live: each gets a random time between half of it and all of"
              + " it, so that load evens out between instances; 0s is without end.")
  private Duration maxLifetime = DEFAULTS.maxLifetime();

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  DrainSettings settings() {
    return DrainSettings.builder()
        .delay(delay)
        .period(period)
        .confirmTimeout(confirmTimeout)
        .timeout(timeout)
        .maxLifetime(maxLifetime)
        .build();
  }
}
