package herald.gateway.config;

import java.time.Duration;

/**
 * How the gateway makes sure that it has missed nothing.
 *
 * @param catchUpWindow how far back rows may be stamped that a catch-up or a search of the table
 *     finds: more than writers' clocks are wrong and their transactions stay open
 * @param sweepInterval the shortest time between two searches of the table for rows that no
 *     notification announced
 * @param schemaCheckInterval how often trigger, tables and functions are looked at
 * @param blastTimeout how long it may take to find the audience of a blast
 * @param maxRowWait a gateway in which an rpc log has waited for longer is not ready
 */
public record CompletenessSettings(
    Duration catchUpWindow,
    Duration sweepInterval,
    Duration schemaCheckInterval,
    Duration blastTimeout,
    Duration maxRowWait) {

  /** Refuses values that make no sense. */
  public CompletenessSettings {
    Require.age("catch-up window", catchUpWindow, Duration.ofMinutes(1));
    Require.age("sweep interval", sweepInterval, Duration.ofMillis(100));
    Require.age("schema check interval", schemaCheckInterval, Duration.ofMillis(100));
    Require.timeout("blast timeout", blastTimeout, Duration.ofSeconds(1));
    Require.age("max row wait", maxRowWait, Duration.ofSeconds(1));
  }

  /** The defaults, which are also those of the command line. */
  public static CompletenessSettings defaults() {
    return builder().build();
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** In milliseconds. */
  public long catchUpWindowMillis() {
    return catchUpWindow.toMillis();
  }

  /** In milliseconds. */
  public long sweepIntervalMillis() {
    return sweepInterval.toMillis();
  }

  /** In milliseconds. */
  public long schemaCheckIntervalMillis() {
    return schemaCheckInterval.toMillis();
  }

  /** In milliseconds. */
  public int blastTimeoutMillis() {
    return (int) blastTimeout.toMillis();
  }

  /** In milliseconds. */
  public long maxRowWaitMillis() {
    return maxRowWait.toMillis();
  }

  /** Puts settings together. Each method sets the value of its own name. */
  public static final class Builder {
    private Duration catchUpWindow = Duration.ofHours(24);
    private Duration sweepInterval = Duration.ofMinutes(1);
    private Duration schemaCheckInterval = Duration.ofSeconds(30);
    private Duration blastTimeout = Duration.ofMinutes(1);
    private Duration maxRowWait = Duration.ofSeconds(30);

    private Builder() {}

    public Builder catchUpWindow(Duration value) {
      catchUpWindow = value;
      return this;
    }

    public Builder sweepInterval(Duration value) {
      sweepInterval = value;
      return this;
    }

    public Builder schemaCheckInterval(Duration value) {
      schemaCheckInterval = value;
      return this;
    }

    public Builder blastTimeout(Duration value) {
      blastTimeout = value;
      return this;
    }

    public Builder maxRowWait(Duration value) {
      maxRowWait = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException with one sentence when a value makes no sense
     */
    public CompletenessSettings build() {
      return new CompletenessSettings(
          catchUpWindow, sweepInterval, schemaCheckInterval, blastTimeout, maxRowWait);
    }
  }
}
