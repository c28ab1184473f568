package herald.gateway.relay;

import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedPoint;
import herald.gateway.stream.StreamMessage.PointMark;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which rows the last mark in the stream has settled: their events stand before it, or they have
 * come to nothing, whatever another relay has made of them. Two relays read a row at different
 * moments, and may see that it is still to be pushed, or that it is not any more. Not thread-safe.
 */
final class SettledRows {
  private @Nullable PointMark last;
  private String ownCluster = "";

  /** Transaction ids of this relay's events are of this history of the database. */
  void onCluster(String cluster) {
    ownCluster = cluster;
  }

  /** The stream is read again. */
  void forget() {
    last = null;
  }

  /** A mark has been read. */
  void onMark(PointMark mark) {
    last = mark;
  }

  /** The last mark; null if none has been read. */
  @Nullable PointMark last() {
    return last;
  }

  /** Whether the row of an event is settled. */
  boolean contains(Event event) {
    PointMark mark = last;
    int xid = event.row().xid();
    if (mark == null || xid == 0) {
      return false;
    }
    // Behind the base, ids may have been given out again since a crash, to rows that are new.
    FeedPoint base = mark.mark().base();
    if (!base.cluster().equals(ownCluster)) {
      return false;
    }
    long whole = transaction(event, mark);
    return whole < base.xmin() && whole >= mark.sinceXmin();
  }

  /** The whole id of the transaction of an event that is settled. */
  long transaction(Event event) {
    return transaction(event, Objects.requireNonNull(last));
  }

  /**
   * As PostgreSQL compares: the lower 32 bits are known, and it is near the mark. The relay may
   * have begun longer ago than they last.
   */
  private static long transaction(Event event, PointMark mark) {
    long xmin = mark.point().xmin();
    return xmin + (event.row().xid() - (int) xmin);
  }
}
