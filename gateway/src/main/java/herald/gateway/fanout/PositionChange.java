package herald.gateway.fanout;

import org.jspecify.annotations.Nullable;

/** What has happened to the positions of this instance, for the exchange between instances. */
public sealed interface PositionChange {

  /** A connection has begun. */
  record Opened(OpenPosition open) implements PositionChange {}

  /**
   * A connection has ended, and its position is remembered.
   *
   * @param number of the connection
   * @param position up to there all has been confirmed
   * @param atNanos when it has ended
   * @param owed from this place on something may be lacking all the same; null if not
   */
  record Ended(long number, long position, long atNanos, @Nullable CommitPlace owed)
      implements PositionChange {}

  /**
   * A remembered position has been retired.
   *
   * @param instance where the connection had been; 0 if here
   * @param number of the connection
   */
  record Retired(long instance, long number) implements PositionChange {}
}
