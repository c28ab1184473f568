package herald.gateway.config;

import java.time.Duration;

/**
 * How it is found out that a connected user was deactivated or banned, or has lost the wallet.
 *
 * @param interval within which it is found out; 0 never looks
 * @param batch users in one query
 */
public record RevalidationSettings(Duration interval, int batch) {
  private static final Duration LONGEST_ANSWER_LIFE = Duration.ofMinutes(5);

  /** Checks the values. */
  public RevalidationSettings {
    Require.timeout("revalidation interval", interval, Duration.ZERO);
    Require.atLeast("revalidation batch", batch, 1, "");
  }

  /** In milliseconds. */
  public int intervalMillis() {
    return (int) interval.toMillis();
  }

  /** From one round to the next, in milliseconds: half an interval. */
  public int roundMillis() {
    return Math.max(1, intervalMillis() / 2);
  }

  /** How long an answer about a wallet is given again: the other half, or a few minutes. */
  public Duration answerLife() {
    Duration half = interval.dividedBy(2);
    return interval.isZero() || half.compareTo(LONGEST_ANSWER_LIFE) > 0
        ? LONGEST_ANSWER_LIFE
        : half;
  }

  /** The defaults, which are also those of the command line. */
  public static RevalidationSettings defaults() {
    return new RevalidationSettings(Duration.ofMinutes(5), 1_000);
  }
}
