package herald.gateway.stream;

import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.gateway.feed.FeedMark;
import herald.gateway.feed.FeedPoint;
import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a relay writes into the stream. The relay is named by a random number of its own. */
public sealed interface StreamMessage {
  /** The relay that has written it. */
  long relay();

  /**
   * One event and whom it concerns.
   *
   * @param id null for what the gateway itself has to say
   * @param senderUserId {@link EncodedEvent#NO_SENDER} if it is the gateway's own
   * @param relayedAtMicros the event's timestamp, microseconds since the epoch
   * @param committedAtMicros about when it was committed, by the relay's clock, microseconds since
   *     the epoch
   * @param receivedAtMicros when its notification came, by the same clock
   * @param xid the transaction that wrote the row, the lower 32 bits of its id; 0 if not known
   * @param isBeside see {@link RowOrder#isBeside}
   * @param head what comes before the receiver's hash id
   * @param middle what comes after the receiver's hash id
   * @param tail what comes last; empty but for the messages of a blast
   */
  @SuppressWarnings("ArrayRecordComponent") // shared and written by nobody, as in EncodedEvent
  record OneEvent(
      long relay,
      @Nullable EventId id,
      int senderUserId,
      long relayedAtMicros,
      long committedAtMicros,
      long receivedAtMicros,
      int xid,
      boolean isBeside,
      Audience audience,
      byte[] head,
      byte[] middle,
      byte[] tail)
      implements StreamMessage {

    /**
     * An event of the feed.
     *
     * @param nowNanos {@code System.nanoTime} and {@code nowMicros} are the same moment
     */
    public static OneEvent of(long relay, Event event, long nowNanos, long nowMicros) {
      EncodedEvent encoded = event.encoded();
      RowOrder row = event.row();
      return new OneEvent(
          relay,
          encoded.id(),
          encoded.senderUserId(),
          event.relayedAtMicros(),
          nowMicros - TimeUnit.NANOSECONDS.toMicros(nowNanos - row.committedAtNanos()),
          nowMicros - TimeUnit.NANOSECONDS.toMicros(nowNanos - row.receivedAtNanos()),
          row.xid(),
          row.isBeside(),
          event.audience(),
          encoded.head(),
          encoded.middle(),
          encoded.tail());
    }

    /** When its row was applied, see {@link Event#appliedAtMicros}. */
    public long appliedAtMicros() {
      return id == null ? relayedAtMicros : id.appliedAtMicros();
    }

    /**
     * The event for the event log.
     *
     * @param nowNanos {@code System.nanoTime} and {@code nowMicros} are the same moment
     */
    public Event event(long nowNanos, long nowMicros) {
      RowOrder row =
          new RowOrder(
              xid,
              nowNanos - ageNanos(committedAtMicros, nowMicros),
              nowNanos - ageNanos(receivedAtMicros, nowMicros),
              isBeside);
      return new Event(
          EncodedEvent.of(id, head, middle, tail, senderUserId), audience, relayedAtMicros, row);
    }

    /** The relay's clock may be ahead of this one. */
    private static long ageNanos(long micros, long nowMicros) {
      return TimeUnit.MICROSECONDS.toNanos(Math.max(0, nowMicros - micros));
    }
  }

  /**
   * A slice of a message that is larger than the engine takes. Its parts follow one another.
   *
   * @param set tells the parts of one message from those of another of the same relay
   * @param index which part it is, from 0
   * @param count how many parts there are
   */
  @SuppressWarnings("ArrayRecordComponent") // shared and written by nobody
  record Part(long relay, long set, int index, int count, byte[] slice) implements StreamMessage {}

  /**
   * All rows that were committed before this point stand before it in the stream, or have come to
   * nothing. A relay that starts has its feed begin here.
   *
   * @param sinceXmin the relay answers for no row of a transaction below this id, of 64 bits: it
   *     had not begun; 0 if it has begun where another one was
   */
  record PointMark(long relay, FeedMark mark, long sinceXmin) implements StreamMessage {
    /** The point. */
    public FeedPoint point() {
      return mark.point();
    }
  }

  /**
   * Several messages that the relay has written at once, in their order: events and marks. So the
   * relay need not wait for the engine after each, and may still have only one under way.
   */
  record Batch(long relay, List<StreamMessage> messages) implements StreamMessage {
    /** Nobody changes the list. */
    public Batch {
      messages = List.copyOf(messages);
    }
  }
}
