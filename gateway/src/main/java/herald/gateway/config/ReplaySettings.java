package herald.gateway.config;

import java.time.Duration;

/**
 * Bounds of a replay from the database, which a client asks for with {@code after=} when memory
 * does not reach back far enough.
 *
 * @param maxEvents events replayed to one connection; what is beyond is a gap
 * @param maxAge how far back the database is read; what is beyond is a gap
 * @param threads replays that run at once; more wait
 * @param maxWaiting replays that may wait; one more gets a gap
 */
public record ReplaySettings(int maxEvents, Duration maxAge, int threads, int maxWaiting) {

  /** Refuses values that make no sense. */
  public ReplaySettings {
    Require.atLeast("max replay", maxEvents, 1, "events");
    Require.age("max replay age", maxAge, Duration.ofSeconds(1));
    Require.atLeast("replay threads", threads, 1, "");
    Require.atLeast("max waiting replays", maxWaiting, 1, "");
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

  /** Puts settings together. Each method sets the value of its own name. */
  public static final class Builder {
    private int maxEvents = 1_000;
    private Duration maxAge = Duration.ofHours(1);
    private int threads = 2;
    private int maxWaiting = 1_000;

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

    /**
     * The settings.
     *
     * @throws IllegalArgumentException with one sentence when a value makes no sense
     */
    public ReplaySettings build() {
      return new ReplaySettings(maxEvents, maxAge, threads, maxWaiting);
    }
  }
}
