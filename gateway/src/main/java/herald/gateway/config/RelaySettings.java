package herald.gateway.config;

import java.time.Duration;

/**
 * How a relay publishes.
 *
 * @param patience what another relay has not published for so long, this one publishes
 * @param queueEvents events that wait to be published at most; beyond it the feed waits
 * @param queueBytes what these may take in memory
 * @param createsStream whether the relay makes the stream, and changes one that is not as it should
 *     be
 * @param replicas on how many servers the stream is kept, if the relay makes it
 * @param maxAge how long the stream keeps messages, if the relay makes it
 * @param maxBytes how much it keeps on each server, if the relay makes it
 */
public record RelaySettings(
    Duration patience,
    int queueEvents,
    ByteSize queueBytes,
    boolean createsStream,
    int replicas,
    Duration maxAge,
    ByteSize maxBytes) {
  private static final int MOST_REPLICAS = 5;

  /** Refuses values that make no sense. */
  public RelaySettings {
    Require.timeout("patience", patience, Duration.ofMillis(100));
    Require.atLeast("relay queue events", queueEvents, 1, "");
    Require.atLeast("relay queue bytes", queueBytes.bytes(), 1 << 20, "bytes");
    Require.atLeast("stream replicas", replicas, 1, "");
    if (replicas > MOST_REPLICAS) {
      throw new IllegalArgumentException(
          "stream replicas is " + replicas + " (expected: at most " + MOST_REPLICAS + ")");
    }
    Require.age("stream max age", maxAge, Duration.ofSeconds(10));
    Require.atLeast("stream max bytes", maxBytes.bytes(), 1 << 20, "bytes");
  }

  /** The defaults, which are also those of the command line. */
  public static RelaySettings defaults() {
    return new RelaySettings(
        Duration.ofSeconds(1),
        100_000,
        ByteSize.ofMebibytes(128),
        false,
        1,
        // The horizon, and what an instance takes to start.
        Duration.ofMinutes(12),
        ByteSize.ofMebibytes(4_096));
  }

  /** In milliseconds. */
  public long patienceMillis() {
    return patience.toMillis();
  }
}
