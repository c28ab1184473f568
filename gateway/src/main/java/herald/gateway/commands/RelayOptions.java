package herald.gateway.commands;

import herald.gateway.config.ByteSize;
import herald.gateway.config.RelaySettings;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How a relay publishes. */
@Command(optionListHeading = "%nRelay:%n")
final class RelayOptions {
  private static final RelaySettings DEFAULTS = RelaySettings.defaults();

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      description =
          "What another relay has not published for so long, this one publishes. Within this time"
              + " a relay that is idle says twice that it is there.")
  private Duration patience = DEFAULTS.patience();

  @Option(
      names = "--relay-queue-events",
      paramLabel = "N",
      description = "Events that wait to be published at most; beyond it reading waits.")
  private int queueEvents = DEFAULTS.queueEvents();

  @Option(
      names = "--relay-queue-bytes",
      paramLabel = "SIZE",
      description = "What the waiting events may take in memory; beyond it reading waits.")
  private ByteSize queueBytes = DEFAULTS.queueBytes();

  @Option(
      names = "--create-stream",
      description =
          "Makes the stream if there is none, and changes one that is not as it should be: in"
              + " files, with the bounds below, the oldest messages discarded. The engine does not"
              + " change the storage of one that exists, nor its kind of retention.")
  private boolean createsStream;

  @Option(
      names = "--stream-replicas",
      paramLabel = "N",
      description = "With --create-stream: on how many servers the stream is kept.")
  private int replicas = DEFAULTS.replicas();

  @Option(
      names = "--stream-max-age",
      paramLabel = "TIME",
      description =
          "How long the stream keeps messages: a little more than the --horizon of the instances.")
  private Duration maxAge = DEFAULTS.maxAge();

  @Option(
      names = "--stream-max-bytes",
      paramLabel = "SIZE",
      description = "With --create-stream: how much the stream keeps at most.")
  private ByteSize maxBytes = DEFAULTS.maxBytes();

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  RelaySettings settings() {
    return new RelaySettings(
        patience, queueEvents, queueBytes, createsStream, replicas, maxAge, maxBytes);
  }
}
