package herald.gateway.relay;

import herald.gateway.fanout.Event;
import herald.gateway.fanout.FeedTarget;
import herald.gateway.fanout.RowOrder;
import java.util.List;

/** What one feed hands events over to: the queue, for as long as the stream keeps its end. */
final class RelayTarget implements FeedTarget {
  private final RelayQueue queue;
  private final int feed;

  /**
   * @param feed which one, see {@link RelayQueue#publish}
   */
  RelayTarget(RelayQueue queue, int feed) {
    this.queue = queue;
    this.feed = feed;
  }

  @Override
  public void publish(List<Event> events, Runnable turn) throws InterruptedException {
    queue.publish(feed, events, turn);
  }

  /** What waited for a row that came to nothing has been handed over in its order anyway. */
  @Override
  public void onBesideWithoutEvents(RowOrder row) {}

  @Override
  public boolean mayWait() {
    return true;
  }
}
