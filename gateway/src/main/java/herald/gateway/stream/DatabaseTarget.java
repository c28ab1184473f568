package herald.gateway.stream;

import herald.gateway.fanout.Event;
import herald.gateway.fanout.FeedTarget;
import herald.gateway.fanout.RowOrder;
import herald.gateway.feed.FeedMark;
import java.util.List;

/** What one feed of the database publishes into, for as long as it is the source. */
final class DatabaseTarget implements FeedTarget {
  private final SourceSwitch sources;
  private final EventLogAccess log;

  DatabaseTarget(SourceSwitch sources, EventLogAccess log) {
    this.sources = sources;
    this.log = log;
  }

  @Override
  public void publish(List<Event> events, Runnable turn) {
    sources.fromDatabase(this, events);
  }

  @Override
  public void onBesideWithoutEvents(RowOrder row) {
    log.onBesideWithoutEvents(row);
  }

  /** The lock is held for moments. */
  @Override
  public boolean mayWait() {
    return false;
  }

  /** All before this mark has been handed over. */
  void onMark(FeedMark mark) {
    sources.onDatabaseMark(this, mark);
  }
}
