package herald.gateway.feed;

import org.jspecify.annotations.Nullable;

/**
 * By what the feed hears of new rows, in the order of commits, and of points between them: a {@link
 * Listener} or a {@link LogSource}. Both put them into the {@link NotificationQueue}. Any thread.
 */
interface FeedSource extends AutoCloseable {
  /** Begins to hear, and to try again for as long as that fails. */
  void start();

  /** What it is doing. */
  ListenerState state();

  /** Why it hears nothing, in a few words; of use unless it is proved. */
  String reason();

  /** Whether a probe has come back and nothing has been wrong since. */
  default boolean isProved() {
    return state() == ListenerState.PROVED;
  }

  /** The number of the last probe that was sent. */
  long probesSent();

  /** What the connection's last probe has brought; null before the first. */
  @Nullable FeedPoint lastPoint();

  /**
   * All that stands before this point has been handled for good, and need not come again.
   *
   * @param point one that it has put into the queue
   */
  void confirm(FeedPoint point);

  @Override
  void close();
}
