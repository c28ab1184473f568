package herald.gateway.config;

import java.time.Duration;

/**
 * Bounds of a replay from the database, for a client that asks for it with {@code after=} or comes
 * back from another instance, when memory does not reach back far enough.
 *
 * @param maxEvents events replayed to one connection; what is beyond is a gap
 * @param maxAge how far back the database is read; what is beyond is a gap
 * @param threads replays that run at once; more wait
 * @param maxWaiting replays that may wait; one more gets a gap
 * @param maxWaitingPerUser the same for the replays of one user
 * @param timeout how long a connection waits for its replay; then it gets a gap and goes on
 */
public record ReplaySettings(
    int maxEvents,
    Duration maxAge,
    int threads,
    int maxWaiting,
    int maxWaitingPerUser,
    Duration timeout) {

  /** Refuses values that make no sense. */
  public ReplaySettings {
    Require.atLeast("max replay", maxEvents, 1, "events");
    Require.age("max replay age", maxAge, Duration.ofSeconds(1));
    Require.atLeast("replay threads", threads, 1, "");
    Require.atLeast("max waiting replays", maxWaiting, 1, "");
    Require.atLeast("max waiting replays per user", maxWaitingPerUser, 1, "");
    Require.timeout("replay timeout", timeout, Duration.ofSeconds(1));
  }

  /** The defaults, which are also those of the command line. */
  public static ReplaySettings defaults() {
    return builder().build();
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** In milliseconds. */
  public long maxAgeMillis() {
    return maxAge.toMillis();
  }

  /** In milliseconds. */
  public long timeoutMillis() {
    return timeout.toMillis();
  }

  /** Puts settings together. Each method sets the value of its own name. */
  public static final class Builder {
    private int maxEvents = 1_000;
    private Duration maxAge = Duration.ofHours(1);
    private int threads = 2;
    private int maxWaiting = 1_000;
    private int maxWaitingPerUser = 20;
    private Duration timeout = Duration.ofSeconds(10);

    private Builder() {}

    public Builder maxEvents(int value) {
      maxEvents = value;
      return this;
    }

    public Builder maxAge(Duration value) {
      maxAge = value;
      return this;
    }

    public Builder threads(int value) {
      threads = value;
      return this;
    }

    public Builder maxWaiting(int value) {
      maxWaiting = value;
      return this;
    }

    public Builder maxWaitingPerUser(int value) {
      maxWaitingPerUser = value;
      return this;
    }

    public Builder timeout(Duration value) {
      timeout = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException with one sentence when a value makes no sense
     */
    public ReplaySettings build() {
      return new ReplaySettings(maxEvents, maxAge, threads, maxWaiting, maxWaitingPerUser, timeout);
    }
  }
}
