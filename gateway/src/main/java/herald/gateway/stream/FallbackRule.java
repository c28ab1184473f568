package herald.gateway.stream;

import java.util.concurrent.TimeUnit;

/**
 * When the source changes. The stream has to be away for some time, and then to be well for some
 * time, so that an engine that comes and goes does not have the source change with it. Fallback's
 * thread.
 */
final class FallbackRule {
  /** The stream has to be well for so long at most. */
  private static final long LONGEST_HOLD_MILLIS = 10_000;

  /** For so long the stream waits for what it lacks to come from the database. */
  private static final long PATIENCE_MILLIS = 30_000;

  private final long afterNanos;
  private final long holdNanos;

  /** Since when the stream is as it is now. */
  private long sinceNanos;

  private boolean wasWell = true;

  /** What is to be done. */
  enum Step {
    STAY,
    BEGIN,
    END
  }

  /**
   * @param afterMillis for how long the stream has to be away
   */
  FallbackRule(long afterMillis, long nowNanos) {
    afterNanos = TimeUnit.MILLISECONDS.toNanos(afterMillis);
    holdNanos = TimeUnit.MILLISECONDS.toNanos(Math.min(afterMillis, LONGEST_HOLD_MILLIS));
    sinceNanos = nowNanos;
  }

  /** While the stream is the source. */
  Step whileStream(boolean isWell, long nowNanos) {
    return !isWell && forNanos(false, nowNanos) >= afterNanos ? Step.BEGIN : stay(isWell, nowNanos);
  }

  /**
   * While the database is the source.
   *
   * @param isDatabaseWell whether its feed brings what is committed
   * @param state what a switch back would mean
   */
  Step whileDatabase(
      boolean isWell, boolean isDatabaseWell, ReturnRule.State state, long nowNanos) {
    long wellNanos = isWell ? forNanos(true, nowNanos) : 0;
    if (!isWell || wellNanos < holdNanos) {
      return stay(isWell, nowNanos);
    }
    boolean isDue =
        switch (state) {
          case COMPLETE -> true;
          case BEHIND -> !isDatabaseWell;
          case UNCOVERED -> wellNanos >= TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        };
    return isDue ? Step.END : Step.STAY;
  }

  private Step stay(boolean isWell, long nowNanos) {
    forNanos(isWell, nowNanos);
    return Step.STAY;
  }

  /** For how long the stream has been so. */
  private long forNanos(boolean isWell, long nowNanos) {
    if (wasWell != isWell) {
      wasWell = isWell;
      sinceNanos = nowNanos;
    }
    return nowNanos - sinceNanos;
  }
}
