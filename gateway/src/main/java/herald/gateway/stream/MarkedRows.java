package herald.gateway.stream;

import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;

/** Which rows stand before a mark for sure: those of transactions that had all ended by then. */
final class MarkedRows {
  private MarkedRows() {}

  /** Whether the row of an event does. Of the same history of the database as the mark. */
  static boolean contains(FeedMark mark, Event event) {
    int xid = event.row().xid();
    // As PostgreSQL compares: its lower 32 bits are known, and it is near the mark.
    return xid != 0 && xid - (int) mark.point().xmin() < 0;
  }

  /** Whether transaction ids of two marks can be compared. */
  static boolean isSameHistory(FeedMark mark, FeedMark other) {
    return mark.point().cluster().equals(other.point().cluster());
  }
}
