package herald.gateway.config;

import java.time.Duration;

/**
 * How connections are closed when nothing is wrong with them: on a stop, and when they are old.
 *
 * @param delay from the moment the gateway says that it is not ready to the first close: the time
 *     that the load balancer has to notice
 * @param period how long the closes take, which are spread evenly over it; clients come back at
 *     once, and should not all come to the other instances at once
 * @param confirmTimeout how long a connection may take to confirm what was written to it before it
 *     is closed
 * @param timeout from the first signal to the exit, whatever is still open
 * @param maxLifetime how long a connection may live; each gets a random time between half of it and
 *     all of it. 0 is without end
 */
public record DrainSettings(
    Duration delay,
    Duration period,
    Duration confirmTimeout,
    Duration timeout,
    Duration maxLifetime) {
  private static final Duration SHORTEST_LIFETIME = Duration.ofMinutes(1);

  /** Refuses values that make no sense. */
  public DrainSettings {
    Require.timeout("drain delay", delay, Duration.ZERO);
    Require.timeout("drain period", period, Duration.ZERO);
    Require.timeout("drain confirmation", confirmTimeout, Duration.ZERO);
    Require.timeout("drain timeout", timeout, Duration.ZERO);
    Require.longer(
        "drain timeout",
        timeout,
        "drain's delay, period and confirmation together",
        delay.plus(period).plus(confirmTimeout));
    if (!maxLifetime.isZero()) {
      Require.age("max lifetime (0 is without end)", maxLifetime, SHORTEST_LIFETIME);
    }
  }

  /** The defaults, which are also those of the command line. */
  public static DrainSettings defaults() {
    return builder().build();
  }

  /** A builder that begins with closes that come at once: for tests. */
  public static Builder immediate() {
    return builder().delay(Duration.ZERO).period(Duration.ZERO);
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** In milliseconds. */
  public int delayMillis() {
    return (int) delay.toMillis();
  }

  /** In milliseconds. */
  public int periodMillis() {
    return (int) period.toMillis();
  }

  /** In milliseconds. */
  public int confirmTimeoutMillis() {
    return (int) confirmTimeout.toMillis();
  }

  /** In milliseconds. */
  public int timeoutMillis() {
    return (int) timeout.toMillis();
  }

  /** In milliseconds. */
  public long maxLifetimeMillis() {
    return maxLifetime.toMillis();
  }

  /** Puts settings together. Each method sets the value of its own name. */
  public static final class Builder {
    private Duration delay = Duration.ofSeconds(5);
    private Duration period = Duration.ofSeconds(10);
    private Duration confirmTimeout = Duration.ofSeconds(2);
    private Duration timeout = Duration.ofSeconds(25);
    private Duration maxLifetime = Duration.ZERO;

    private Builder() {}

    public Builder delay(Duration value) {
      delay = value;
      return this;
    }

    public Builder period(Duration value) {
      period = value;
      return this;
    }

    public Builder confirmTimeout(Duration value) {
      confirmTimeout = value;
      return this;
    }

    public Builder timeout(Duration value) {
      timeout = value;
      return this;
    }

    public Builder maxLifetime(Duration value) {
      maxLifetime = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException with one sentence when a value makes no sense
     */
    public DrainSettings build() {
      return new DrainSettings(delay, period, confirmTimeout, timeout, maxLifetime);
    }
  }
}
