package herald.gateway.commands;

import herald.gateway.config.ByteSize;
import herald.gateway.config.EventLogSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What is kept in memory for clients that come back. */
@Command(optionListHeading = "%nEvents in memory:%n")
final class EventLogOptions {
  private static final EventLogSettings DEFAULTS = EventLogSettings.defaults();

  @Option(
      names = "--horizon",
      paramLabel = "TIME",
      description = "How long events are kept, and how far each client had got.")
  private Duration horizon = DEFAULTS.horizon();

  @Option(
      names = "--log-size",
      paramLabel = "SIZE",
      description = "Events kept in memory at most.%n  Default: a quarter of the JVM's heap")
  private @Nullable ByteSize logSize;

  @Option(
      names = "--replay",
      paramLabel = "TIME",
      description = "How far back a new connection starts at least.")
  private Duration replay = DEFAULTS.replay();

  @Option(
      names = "--max-remembered",
      paramLabel = "N",
      description = "How many ended connections are remembered, each with its position.")
  private int maxRemembered = DEFAULTS.maxRemembered();

  @Option(
      names = "--share-positions",
      paramLabel = "on|off",
      description =
          "Whether the instances on the same database tell each other how far clients have got, so"
              + " that a client misses nothing that comes back to another instance.")
  private Switch sharePositions = DEFAULTS.sharesPositions() ? Switch.ON : Switch.OFF;

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  EventLogSettings settings() {
    return EventLogSettings.builder()
        .horizon(horizon)
        .maxBytes(logSize == null ? DEFAULTS.maxBytes() : logSize)
        .replay(replay)
        .maxRemembered(maxRemembered)
        .sharesPositions(sharePositions == Switch.ON)
        .build();
  }
}
