package herald.gateway.stream;

import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;
import java.util.concurrent.TimeUnit;

/**
 * What has been published here, from whatever source, so that nothing is published twice; and how
 * far back that is known. Not thread-safe: the switch guards it.
 */
final class DeliveredEvents {
  /** From the time with which a row is stamped until it is committed, and between clocks. */
  private static final long SLACK_MICROS = TimeUnit.SECONDS.toMicros(1);

  private static final long NOTHING = Long.MIN_VALUE;

  private final PublishedEvents events;

  /** Shortly before what was read first had been committed. */
  private long beginMicros = NOTHING;

  /** No row of a later transaction was committed before that; 0 if not known. */
  private int beginXid;

  /**
   * @param spanMillis for how long events are known at least
   */
  DeliveredEvents(long spanMillis) {
    events = new PublishedEvents(spanMillis);
  }

  boolean contains(long key) {
    return events.contains(key);
  }

  /**
   * Notes an event.
   *
   * @param nowMicros when it is published, or was stored in the stream
   */
  void add(long key, Event event, long nowMicros) {
    int xid = event.row().xid();
    if (beginMicros == NOTHING && xid != 0) {
      beginMicros = Math.min(event.appliedAtMicros(), nowMicros) - SLACK_MICROS;
      beginXid = xid;
    }
    events.add(key, xid, event.appliedAtMicros(), nowMicros);
  }

  /** A mark has been read. */
  void onMark(FeedMark mark) {
    if (beginMicros == NOTHING) {
      beginMicros = mark.point().clockMicros() - SLACK_MICROS;
      beginXid = (int) mark.point().xmin() - 1;
    }
  }

  /**
   * Since when it is known what has been published, if a feed that begins at a mark may find rows
   * that were published before; 0 if it finds none. It may if a transaction has been open at the
   * mark for longer than events are known.
   */
  long knownSinceMicros(FeedMark begin) {
    int xmin = (int) begin.base().xmin();
    if (isBefore(xmin, events.forgottenXid())) {
      return events.completeSinceMicros() + SLACK_MICROS;
    }
    return isBefore(xmin, beginXid) ? beginMicros : 0;
  }

  /** Whether a reading of transactions from {@code xmin} on may find this one, or earlier ones. */
  private static boolean isBefore(int xmin, int xid) {
    return xid != 0 && xmin - xid <= 0;
  }
}
