package herald.gateway.fanout;

import java.util.List;

/**
 * Where the feed hands events over, in commit order: the {@link Dispatcher} of an instance, or the
 * queue of a relay.
 */
public interface FeedTarget {
  /**
   * Takes these events, behind all that were handed over before. Feed thread; may wait.
   *
   * @param turn to be called each second while it waits for long: the thread does not stand still
   */
  void publish(List<Event> events, Runnable turn) throws InterruptedException;

  /**
   * A row was read beside the feed and came to nothing; what waited for it is handed over from now
   * on. Feed thread.
   */
  void onBesideWithoutEvents(RowOrder row);

  /**
   * Whether {@link #publish} may wait for long: then it is not called on a thread that others need.
   */
  boolean mayWait();
}
