package herald.gateway.config;

import java.time.Duration;

/**
 * Bounds of what is kept in memory.
 *
 * @param horizon how long events and the positions of ended connections are kept
 * @param maxBytes encoded events kept at most; beyond it the oldest go first
 * @param replay how far back a connection starts when its user is not remembered
 * @param maxRemembered remembered positions at most; beyond it the oldest go first
 * @param sharesPositions whether instances on the same database tell each other how far clients
 *     have got
 */
public record EventLogSettings(
    Duration horizon,
    ByteSize maxBytes,
    Duration replay,
    int maxRemembered,
    boolean sharesPositions) {

  /** Refuses values that make no sense. */
  public EventLogSettings {
    Require.age("replay", replay, Duration.ZERO);
    Require.age("horizon", horizon, Duration.ZERO);
    Require.longer("horizon", horizon, "replay", replay);
    Require.atLeast("log size", maxBytes.bytes(), 1 << 20, "bytes");
    Require.atLeast("max remembered", maxRemembered, 1, "");
  }

  /** The defaults, which are also those of the command line. */
  public static EventLogSettings defaults() {
    return builder().build();
  }

  /**
   * Refuses a log that does not fit: its events stay for minutes, and the other half of the heap is
   * for connections and for what the garbage collector needs to work with.
   *
   * @throws IllegalArgumentException with one sentence
   */
  void requireRoom(long heapBytes) {
    if (maxBytes.bytes() > heapBytes / 2) {
      throw new IllegalArgumentException(
          "log size is "
              + maxBytes.bytes()
              + " bytes, and the heap can hold "
              + heapBytes
              + " (expected: half of the heap or less; raise -Xmx in HERALD_JAVA_OPTS or lower"
              + " --log-size)");
    }
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these values. */
  public Builder toBuilder() {
    return new Builder()
        .horizon(horizon)
        .maxBytes(maxBytes)
        .replay(replay)
        .maxRemembered(maxRemembered)
        .sharesPositions(sharesPositions);
  }

  /** In milliseconds. */
  public long horizonMillis() {
    return horizon.toMillis();
  }

  /** In milliseconds. */
  public long replayMillis() {
    return replay.toMillis();
  }

  /** Puts settings together. Each method sets the value of its own name. */
  public static final class Builder {
    private Duration horizon = Duration.ofMinutes(10);
    private ByteSize maxBytes = new ByteSize(Runtime.getRuntime().maxMemory() / 4);
    private Duration replay = Duration.ofSeconds(10);
    private int maxRemembered = 1_000_000;
    private boolean sharesPositions = true;

    private Builder() {}

    public Builder horizon(Duration value) {
      horizon = value;
      return this;
    }

    public Builder maxBytes(ByteSize value) {
      maxBytes = value;
      return this;
    }

    public Builder replay(Duration value) {
      replay = value;
      return this;
    }

    public Builder maxRemembered(int value) {
      maxRemembered = value;
      return this;
    }

    public Builder sharesPositions(boolean value) {
      sharesPositions = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException with one sentence when a value makes no sense
     */
    public EventLogSettings build() {
      return new EventLogSettings(horizon, maxBytes, replay, maxRemembered, sharesPositions);
    }
  }
}
