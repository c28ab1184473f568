package herald.gateway.relay;

import herald.gateway.fanout.Event;
import herald.gateway.stream.PublishedEvents;
import herald.gateway.stream.StreamMessage.PointMark;
import org.jspecify.annotations.Nullable;

/**
 * Of which rows the stream needs no event any more, as far as this relay has read it: their events
 * stand in it, or its last mark settles them. Not thread-safe: the queue guards it.
 */
final class RowsInStream {
  private final PublishedEvents published;
  private final SettledRows settled = new SettledRows();

  /** The last mark that was read before the stream lost its end; null if none was. */
  private @Nullable PointMark markBeforeRewind;

  /**
   * @param published nobody else's
   */
  RowsInStream(PublishedEvents published) {
    this.published = published;
  }

  /**
   * Whether the event of a row is not to be published. What is settled has been published or has
   * come to nothing, but if it is found late. So what is of a time and of a transaction of which it
   * is not known any more what has been published is taken for published: a relay that was away for
   * long, and reads what it has missed, would publish all of it again.
   */
  boolean contains(Event event, long key) {
    return published.contains(key)
        || (settled.contains(event)
            && !published.isCompleteSince(event.appliedAtMicros())
            && !published.isCompleteSinceTransaction(settled.transaction(event)));
  }

  /** Whether the row of an event is settled by the last mark. */
  boolean settles(Event event) {
    return settled.contains(event);
  }

  /** The feed's transactions are of this history of the database. */
  void onCluster(String cluster) {
    settled.onCluster(cluster);
  }

  /** A message has been read, of whatever kind. */
  void onRead(long storedAtMicros) {
    published.onRead(storedAtMicros);
  }

  /** An event stands in the stream. */
  void onEvent(long key, long appliedAtMicros, long storedAtMicros) {
    published.add(key, appliedAtMicros, storedAtMicros);
  }

  /** A mark has been read. */
  void onMark(PointMark mark) {
    settled.onMark(mark);
    published.onMark(mark.point());
  }

  /** Messages of the stream have not been read. */
  void onMissing() {
    published.onMissing();
  }

  /** The stream has lost its end, and is read again from its start. */
  void onRewound() {
    published.forget();
    PointMark last = settled.last();
    markBeforeRewind = last == null ? markBeforeRewind : last;
    settled.forget();
  }

  /** The stream keeps messages for so long, which may be longer than this relay was told. */
  void rememberFor(long millis) {
    published.rememberFor(millis);
  }

  /** The last mark of the stream; null if there is none. */
  @Nullable PointMark lastMark() {
    return settled.last();
  }

  /** The last mark that was read before the stream lost its end; null if there is none. */
  @Nullable PointMark markBeforeRewind() {
    return markBeforeRewind;
  }
}
