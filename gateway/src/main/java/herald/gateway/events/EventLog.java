package herald.gateway.events;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The events of the last minutes in commit order, each held once under a number that never changes,
 * bounded by age and by bytes.
 *
 * <p>A ring that grows: written under the dispatch lock, read by any event loop. The reader's
 * safety rests on the order of two writes and two reads: {@code head} moves past a slot before the
 * slot is used again, and a reader looks at {@code head} after it has read the slot, so what it
 * read is right unless its number has been passed.
 */
public final class EventLog {
  private static final int SMALLEST_RING = 1_024;

  private final long horizonNanos;
  private final long maxBytes;
  private volatile AtomicReferenceArray<Event> ring = new AtomicReferenceArray<>(SMALLEST_RING);
  private volatile long head;
  private volatile long tail;
  private volatile long delivered;
  private volatile long bytes;
  private volatile long oldestAppendedAtNanos;
  private volatile long forcedOut;

  /** When the newest of the events that have left was appended. Under the dispatch lock. */
  private long leftUntilNanos = Long.MIN_VALUE;

  /**
   * @param horizonNanos how long an event is kept
   * @param maxBytes how much is kept; beyond it the oldest events go before their time
   */
  public EventLog(long horizonNanos, long maxBytes) {
    this(horizonNanos, maxBytes, 0);
  }

  /**
   * The same, for tests of large numbers.
   *
   * @param first the number of the first event
   */
  EventLog(long horizonNanos, long maxBytes, long first) {
    this.horizonNanos = horizonNanos;
    this.maxBytes = maxBytes;
    head = first;
    tail = first;
    delivered = first;
  }

  /**
   * Appends {@code event} and lets go what is over the bounds. What may throw comes first, so an
   * event is in the log or nothing of it is. Under the dispatch lock.
   */
  public void append(Event event, long nowNanos) {
    long number = tail;
    long retainedBytes = event.retainedBytes();
    if (number - head == ring.length()) {
      grow();
    }
    event.appendedAt(number, nowNanos);
    AtomicReferenceArray<Event> slots = ring;
    slots.setRelease(slot(slots, number), event);
    tail = number + 1;
    bytes = bytes + retainedBytes;
    prune(nowNanos);
  }

  /** Lets go what is over the bounds. Under the dispatch lock. */
  public void prune(long nowNanos) {
    AtomicReferenceArray<Event> slots = ring;
    while (head < tail) {
      Event oldest = slots.getPlain(slot(slots, head));
      boolean expired = nowNanos - oldest.appendedAtNanos() > horizonNanos;
      if (!expired && bytes <= maxBytes) {
        oldestAppendedAtNanos = oldest.appendedAtNanos();
        break;
      }
      if (!expired) {
        forcedOut = forcedOut + 1;
      }
      leftUntilNanos = oldest.appendedAtNanos();
      long passed = head;
      head = passed + 1;
      slots.setRelease(slot(slots, passed), null);
      bytes = bytes - oldest.retainedBytes();
    }
  }

  /**
   * The event of this number; null once it has left, and for {@link EventNumbers#FORGOTTEN}. Any
   * thread that got the number from here.
   */
  @Nullable Event get(long number) {
    AtomicReferenceArray<Event> slots = ring;
    Event event = slots.getAcquire(slot(slots, number));
    return number < head ? null : event;
  }

  /**
   * Says that all events appended so far stand where those look whom they concern. Under the
   * dispatch lock.
   */
  void delivered() {
    delivered = tail;
  }

  /**
   * The number up to which readers may go. One event after the other is entered in several places:
   * whoever reads these goes no further, and so finds each in its order.
   */
  long deliveredUntil() {
    return delivered;
  }

  /** The number of the first event appended at or after {@code nanos}. Under the dispatch lock. */
  long firstSince(long nanos) {
    AtomicReferenceArray<Event> slots = ring;
    long low = head;
    long high = tail;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (slots.getPlain(slot(slots, middle)).appendedAtNanos() - nanos < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The number of the oldest event that is held. */
  long head() {
    return head;
  }

  /** The number that the next event will get. */
  long tail() {
    return tail;
  }

  /**
   * When the newest of the events that have left was appended: before any that is held. Under the
   * dispatch lock, and only when an event has left.
   */
  long leftUntilNanos() {
    return leftUntilNanos;
  }

  private void grow() {
    AtomicReferenceArray<Event> old = ring;
    AtomicReferenceArray<Event> larger = new AtomicReferenceArray<>(old.length() * 2);
    for (long number = head; number < tail; number++) {
      larger.setPlain(slot(larger, number), old.getPlain(slot(old, number)));
    }
    ring = larger;
  }

  private static int slot(AtomicReferenceArray<Event> slots, long number) {
    return (int) number & (slots.length() - 1);
  }

  /** Bytes held. */
  public long bytes() {
    return bytes;
  }

  /** Bytes that may be held. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Events held. */
  public int size() {
    return (int) (tail - head);
  }

  /** The age of the oldest event held, zero if there is none. */
  public long spanNanos(long nowNanos) {
    return size() == 0 ? 0 : Math.max(0, nowNanos - oldestAppendedAtNanos);
  }

  /** Events that had to go before the horizon because the bytes did not suffice. */
  public long forcedOut() {
    return forcedOut;
  }
}
