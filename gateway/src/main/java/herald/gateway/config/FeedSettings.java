package herald.gateway.config;

import java.time.Duration;

/**
 * How the gateway hears from PostgreSQL.
 *
 * @param maxBatch rpc logs fetched in one round trip at most
 * @param fetchInterval one round trip in this time at most, so that several rpc logs share one; 0
 *     fetches at once, and what comes meanwhile shares the next one
 * @param probeInterval how often the listener sends itself a probe notification
 * @param probeTimeout a listener that does not hear its probe for this long counts as lost
 * @param connectTimeout deadline for opening a connection
 * @param queryTimeout deadline for one query
 * @param overlap how far behind the last position a catch-up reads by time on a server whose
 *     history is not that of the one before, as after a fail-over
 * @param replicaPatience how long a row may be missing on the replica before the primary is asked
 * @param echoToSender whether messages and reactions also go to the sender's other connections
 * @param maxEventBytes bytes of an event at most; a gap is pushed in the place of a larger one
 * @param actorEvents whether events that concern only the actor go to the actor's connections
 */
public record FeedSettings(
    int maxBatch,
    Duration fetchInterval,
    Duration probeInterval,
    Duration probeTimeout,
    Duration connectTimeout,
    Duration queryTimeout,
    Duration overlap,
    Duration replicaPatience,
    ByteSize maxEventBytes,
    boolean echoToSender,
    boolean actorEvents) {

  /** Refuses values that make no sense. */
  public FeedSettings {
    Require.atLeast("max batch", maxBatch, 1, "");
    Require.timeout("fetch interval", fetchInterval, Duration.ZERO);
    Require.timeout("probe interval", probeInterval, Duration.ofMillis(100));
    Require.timeout("probe timeout", probeTimeout, Duration.ofMillis(100));
    Require.timeout("connect timeout", connectTimeout, Duration.ofMillis(250));
    Require.timeout("query timeout", queryTimeout, Duration.ofSeconds(1));
    Require.age("overlap", overlap, Duration.ofSeconds(1));
    Require.timeout("replica patience", replicaPatience, Duration.ZERO);
    Require.buffer("max event bytes", maxEventBytes, 1 << 10);
  }

  /** The defaults, which are also those of the command line. */
  public static FeedSettings defaults() {
    return builder().build();
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these values. */
  public Builder toBuilder() {
    return new Builder()
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
        .actorEvents(actorEvents);
  }

  /** In milliseconds. */
  public int fetchIntervalMillis() {
    return (int) fetchInterval.toMillis();
  }

  /** In milliseconds. */
  public int probeIntervalMillis() {
    return (int) probeInterval.toMillis();
  }

  /** In milliseconds. */
  public int probeTimeoutMillis() {
    return (int) probeTimeout.toMillis();
  }

  /** In milliseconds. */
  public int connectTimeoutMillis() {
    return (int) connectTimeout.toMillis();
  }

  /** In milliseconds. */
  public int queryTimeoutMillis() {
    return (int) queryTimeout.toMillis();
  }

  /** In milliseconds. */
  public long overlapMillis() {
    return overlap.toMillis();
  }

  /** In milliseconds. */
  public int replicaPatienceMillis() {
    return (int) replicaPatience.toMillis();
  }

  /** Puts settings together. Each method sets the value of its own name. */
  public static final class Builder {
    private int maxBatch = 1_000;
    private Duration fetchInterval = Duration.ZERO;
    private Duration probeInterval = Duration.ofSeconds(5);
    private Duration probeTimeout = Duration.ofSeconds(5);
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration queryTimeout = Duration.ofSeconds(30);
    private Duration overlap = Duration.ofMinutes(2);
    private Duration replicaPatience = Duration.ofSeconds(1);

    /** A body of 4 MiB, which the platform accepts, with what an event has around the text. */
    private ByteSize maxEventBytes = ByteSize.ofMebibytes(5);

    private boolean echoToSender = false;
    private boolean actorEvents = false;

    private Builder() {}

    public Builder maxBatch(int value) {
      maxBatch = value;
      return this;
    }

    public Builder fetchInterval(Duration value) {
      fetchInterval = value;
      return this;
    }

    public Builder probeInterval(Duration value) {
      probeInterval = value;
      return this;
    }

    public Builder probeTimeout(Duration value) {
      probeTimeout = value;
      return this;
    }

    public Builder connectTimeout(Duration value) {
      connectTimeout = value;
      return this;
    }

    public Builder queryTimeout(Duration value) {
      queryTimeout = value;
      return this;
    }

    public Builder overlap(Duration value) {
      overlap = value;
      return this;
    }

    public Builder replicaPatience(Duration value) {
      replicaPatience = value;
      return this;
    }

    public Builder maxEventBytes(ByteSize value) {
      maxEventBytes = value;
      return this;
    }

    public Builder echoToSender(boolean value) {
      echoToSender = value;
      return this;
    }

    public Builder actorEvents(boolean value) {
      actorEvents = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException with one sentence when a value makes no sense
     */
    public FeedSettings build() {
      return new FeedSettings(
          maxBatch,
          fetchInterval,
          probeInterval,
          probeTimeout,
          connectTimeout,
          queryTimeout,
          overlap,
          replicaPatience,
          maxEventBytes,
          echoToSender,
          actorEvents);
    }
  }
}
