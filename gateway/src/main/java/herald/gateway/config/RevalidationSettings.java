package herald.gateway.config;

import java.time.Duration;

/**
 * How it is found out that a connected user was deactivated or banned.
 *
 * @param interval from one round to the next; 0 never looks
 * @param batch users in one query
 */
public record RevalidationSettings(Duration interval, int batch) {

  /** Checks the values. */
  public RevalidationSettings {
    Require.timeout("revalidation interval", interval, Duration.ZERO);
    Require.atLeast("revalidation batch", batch, 1, "");
  }

  /** In milliseconds. */
  public int intervalMillis() {
    return (int) interval.toMillis();
  }

  /** The defaults, which are also those of the command line. */
  public static RevalidationSettings defaults() {
    return new RevalidationSettings(Duration.ofMinutes(5), 1_000);
  }
}
