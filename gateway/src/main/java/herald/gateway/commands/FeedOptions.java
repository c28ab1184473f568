package herald.gateway.commands;

import herald.gateway.commands.Quantities.Millis;
import herald.gateway.commands.Quantities.MillisConverter;
import herald.gateway.config.FeedSettings;
import picocli.CommandLine.Option;

/** How the gateway hears from PostgreSQL and what it makes of it. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class FeedOptions {
  @Option(
      names = "--max-batch",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Rpc logs fetched in one round trip.%n  Default: ${DEFAULT-VALUE}")
  private int maxBatch;

  @Option(
      names = "--fetch-interval",
      paramLabel = "TIME",
      defaultValue = "1ms",
      converter = MillisConverter.class,
      description =
          "One fetch in this time at most: under load several rpc logs share one, which"
              + " costs less. 0ms fetches at once.%n  Default: ${DEFAULT-VALUE}")
  private Millis fetchInterval;

  @Option(
      names = "--probe-interval",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = MillisConverter.class,
      description = "How often the listener has to prove itself.%n  Default: ${DEFAULT-VALUE}")
  private Millis probeInterval;

  @Option(
      names = "--probe-timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = MillisConverter.class,
      description = "A listener whose probe takes longer is replaced.%n  Default: ${DEFAULT-VALUE}")
  private Millis probeTimeout;

  @Option(
      names = "--connect-timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = MillisConverter.class,
      description = "For connecting to PostgreSQL.%n  Default: ${DEFAULT-VALUE}")
  private Millis connectTimeout;

  @Option(
      names = "--query-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = MillisConverter.class,
      description = "For one query.%n  Default: ${DEFAULT-VALUE}")
  private Millis queryTimeout;

  @Option(
      names = "--overlap",
      paramLabel = "TIME",
      defaultValue = "2m",
      converter = MillisConverter.class,
      description =
          "How far a catch-up reads back by time on a server whose history is not that of the one"
              + " before, as after a fail-over.%n  Default: ${DEFAULT-VALUE}")
  private Millis overlap;

  @Option(
      names = "--replica-patience",
      paramLabel = "TIME",
      defaultValue = "1s",
      converter = MillisConverter.class,
      description =
          "How long a row may be missing on a replica before the primary is asked.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis replicaPatience;

  @Option(
      names = "--echo-to-sender",
      description = "Push messages and reactions to the sender's other connections too.")
  private boolean echoToSender;

  @Option(
      names = "--actor-events",
      description = "Push reads, blocks and the like to the actor's own connections.")
  private boolean actorEvents;

  FeedSettings settings() {
    return new FeedSettings(
        maxBatch,
        fetchInterval.asInt(),
        probeInterval.asInt(),
        probeTimeout.asInt(),
        connectTimeout.asInt(),
        queryTimeout.asInt(),
        overlap.value(),
        replicaPatience.asInt(),
        echoToSender,
        actorEvents);
  }
}
