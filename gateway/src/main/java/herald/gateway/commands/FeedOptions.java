package herald.gateway.commands;

import herald.gateway.config.ByteSize;
import herald.gateway.config.FeedSettings;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How the gateway hears from PostgreSQL, and which events it makes of that. */
@Command(optionListHeading = "%nFeed from PostgreSQL:%n")
final class FeedOptions {
  private static final FeedSettings DEFAULTS = FeedSettings.defaults();

  @Option(
      names = "--max-batch",
      paramLabel = "N",
      description = "Rpc logs fetched in one round trip at most.")
  private int maxBatch = DEFAULTS.maxBatch();

  @Option(
      names = "--fetch-interval",
      paramLabel = "TIME",
      description =
          "At most one fetch in this time, so that more rpc logs share one. 0ms fetches at once,"
              + " with half the latency; what comes meanwhile shares the next fetch.")
  private Duration fetchInterval = DEFAULTS.fetchInterval();

  @Option(
      names = "--probe-interval",
      paramLabel = "TIME",
      description =
          "How often the listener sends a notification to itself, to prove that it hears.")
  private Duration probeInterval = DEFAULTS.probeInterval();

  @Option(
      names = "--probe-timeout",
      paramLabel = "TIME",
      description = "A listener that does not hear its own notification for this long is replaced.")
  private Duration probeTimeout = DEFAULTS.probeTimeout();

  @Option(
      names = "--connect-timeout",
      paramLabel = "TIME",
      description = "How long connecting to PostgreSQL may take.")
  private Duration connectTimeout = DEFAULTS.connectTimeout();

  @Option(
      names = "--query-timeout",
      paramLabel = "TIME",
      description = "How long one query may take.")
  private Duration queryTimeout = DEFAULTS.queryTimeout();

  @Option(
      names = "--overlap",
      paramLabel = "TIME",
      description =
          "How far back a catch-up reads by time on a server whose history is not that of the one"
              + " before, as after a fail-over.")
  private Duration overlap = DEFAULTS.overlap();

  @Option(
      names = "--replica-patience",
      paramLabel = "TIME",
      description = "How long a row may be missing on a replica before the primary is asked.")
  private Duration replicaPatience = DEFAULTS.replicaPatience();

  @Option(
      names = "--max-event-bytes",
      paramLabel = "SIZE",
      description =
          "Bytes of an event at most. A larger one is pushed to nobody; those whom it concerns are"
              + " told of a gap. The platform accepts bodies of 4m.")
  private ByteSize maxEventBytes = DEFAULTS.maxEventBytes();

  @Option(
      names = "--echo-to-sender",
      description = "Push messages and reactions to the sender's other connections too.")
  private boolean echoToSender;

  @Option(
      names = "--actor-events",
      description =
          "Push events that concern only the actor (reads, blocks and alike) to the actor's own"
              + " connections.")
  private boolean actorEvents;

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  FeedSettings settings() {
    return FeedSettings.builder()
        .maxBatch(maxBatch)
        .fetchInterval(fetchInterval)
        .probeInterval(probeInterval)
        .probeTimeout(probeTimeout)
        .connectTimeout(connectTimeout)
        .queryTimeout(queryTimeout)
        .overlap(overlap)
        .replicaPatience(replicaPatience)
        .maxEventBytes(maxEventBytes)
        .echoToSender(echoToSender)
        .actorEvents(actorEvents)
        .build();
  }
}
