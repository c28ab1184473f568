package herald.gateway.commands;

import herald.gateway.commands.Quantities.Millis;
import herald.gateway.commands.Quantities.MillisConverter;
import herald.gateway.config.DrainSettings;
import picocli.CommandLine.Option;

/** How connections are let go: on a stop, and when they are old. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields that have a default
final class DrainOptions {
  @Option(
      names = "--drain-delay",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = MillisConverter.class,
      description =
          "On a stop: from not ready to the first close, for the balancer to notice.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis drainDelay;

  @Option(
      names = "--drain-period",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = MillisConverter.class,
      description =
          "On a stop: over which the closes are spread evenly.%n  Default: ${DEFAULT-VALUE}")
  private Millis drainPeriod;

  @Option(
      names = "--drain-confirm",
      paramLabel = "TIME",
      defaultValue = "2s",
      converter = MillisConverter.class,
      description =
          "Before such a close: how long a client may take to confirm what it got.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis drainConfirm;

  @Option(
      names = "--drain-timeout",
      paramLabel = "TIME",
      defaultValue = "25s",
      converter = MillisConverter.class,
      description =
          "On a stop: from the signal to when whoever is left is cut off.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis drainTimeout;

  @Option(
      names = "--max-lifetime",
      paramLabel = "TIME",
      defaultValue = "0s",
      converter = MillisConverter.class,
      description =
          "How long a connection may live, at random between half of it and all of it, so that load"
              + " evens out between instances; 0s is without end.%n  Default: ${DEFAULT-VALUE}")
  private Millis maxLifetime;

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  DrainSettings settings() {
    return new DrainSettings(
        drainDelay.asInt(),
        drainPeriod.asInt(),
        drainConfirm.asInt(),
        drainTimeout.asInt(),
        maxLifetime.value());
  }
}
