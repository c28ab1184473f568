package herald.gateway.fanout;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The events of the last minutes in commit order, each held once at a position that never changes,
 * bounded by age and by bytes. When the bytes do not suffice, texts of senders who have more than
 * their share of them go first ({@link SenderShares}).
 *
 * <p>A ring that grows: {@link Writer} writes it under the dispatch lock, any event loop reads it.
 * A reader is safe because of the order of two writes and two reads: {@code head} moves past a slot
 * before the slot is used again, and a reader looks at {@code head} after it has read the slot. So
 * what it has read is right unless its position has been passed, and then it sees that.
 *
 * <p>All volatile fields have one writing thread at a time: the one that holds the dispatch lock.
 */
final class EventLog {
  private static final int SMALLEST_RING = 1_024;

  private final long maxBytes;
  private volatile AtomicReferenceArray<Event> ring;
  private volatile long head;
  private volatile long tail;
  private volatile long indexedUntil;
  private volatile long bytes;
  private volatile long oldestAppendedAtNanos;
  private volatile long forcedOut;
  private volatile long textsForcedOut;

  private EventLog(long maxBytes, long first, int smallestRing) {
    this.maxBytes = maxBytes;
    ring = new AtomicReferenceArray<>(smallestRing);
    head = first;
    tail = first;
    indexedUntil = first;
  }

  /**
   * The event at {@code position}; null once it has left, and for {@link PositionRing#FORGOTTEN}.
   * Any thread that got the position from here.
   */
  @Nullable Event get(long position) {
    AtomicReferenceArray<Event> slots = ring;
    Event event = slots.getAcquire(slot(slots, position));
    return position < head ? null : event;
  }

  /**
   * The position up to which readers may go. One event after the other is indexed, and each in
   * several places: whoever reads these goes no further, and so finds each event in its order.
   */
  long indexedUntil() {
    return indexedUntil;
  }

  /** The position of the oldest event that is held. */
  long head() {
    return head;
  }

  /** The position that the next event will get. */
  long tail() {
    return tail;
  }

  private static int slot(AtomicReferenceArray<Event> slots, long position) {
    return (int) position & (slots.length() - 1);
  }

  /** Bytes held. */
  long bytes() {
    return bytes;
  }

  /** Bytes that may be held. */
  long maxBytes() {
    return maxBytes;
  }

  /** Events held. */
  int size() {
    return (int) (tail - head);
  }

  /** The age of the oldest event held, zero if there is none. */
  long spanNanos(long nowNanos) {
    return size() == 0 ? 0 : Math.max(0, nowNanos - oldestAppendedAtNanos);
  }

  /** Events that left before the retention was over because the bytes did not suffice. */
  long forcedOut() {
    return forcedOut;
  }

  /**
   * Events that lost their text because the bytes did not suffice and their sender had too many.
   */
  long textsForcedOut() {
    return textsForcedOut;
  }

  /**
   * The one writer of a log. Not thread-safe: it is reached only through a field that the dispatch
   * lock guards, and no reader has it.
   */
  static final class Writer {
    private final EventLog log;
    private final long retentionNanos;
    private final SenderShares shares;

    /** When the newest of the events that have left was appended. */
    private long leftUntilNanos = Long.MIN_VALUE;

    /**
     * Makes an empty log.
     *
     * @param retentionNanos how long an event is kept
     * @param maxBytes how much is kept; beyond it the oldest events go before their time
     */
    Writer(long retentionNanos, long maxBytes) {
      this(retentionNanos, maxBytes, 0, SMALLEST_RING);
    }

    /**
     * The same, for tests of large positions and of slots that are used again.
     *
     * @param first the position of the first event
     * @param smallestRing the slots to begin with, a power of two
     */
    Writer(long retentionNanos, long maxBytes, long first, int smallestRing) {
      this.retentionNanos = retentionNanos;
      log = new EventLog(maxBytes, first, smallestRing);
      shares = new SenderShares(maxBytes);
    }

    /** What readers get. */
    EventLog log() {
      return log;
    }

    /**
     * Appends {@code event} and lets go what is over the bounds. What may throw comes first, so an
     * event is in the log or nothing of it is.
     */
    void append(Event event, long nowNanos) {
      long position = log.tail;
      long retainedBytes = event.retainedBytes();
      if (position - log.head == log.ring.length()) {
        grow();
      }
      event.appendedAt(position, nowNanos);
      shares.appended(event);
      AtomicReferenceArray<Event> slots = log.ring;
      slots.setRelease(slot(slots, position), event);
      log.tail = position + 1;
      log.bytes = log.bytes + retainedBytes;
      prune(nowNanos);
    }

    /** Lets go what is over the bounds. */
    void prune(long nowNanos) {
      AtomicReferenceArray<Event> slots = log.ring;
      while (log.head < log.tail) {
        Event oldest = slots.getPlain(slot(slots, log.head));
        boolean expired = nowNanos - oldest.appendedAtNanos() > retentionNanos;
        if (!expired && log.bytes <= log.maxBytes) {
          log.oldestAppendedAtNanos = oldest.appendedAtNanos();
          break;
        }
        if (!expired && letTextGo()) {
          continue;
        }
        if (!expired) {
          log.forcedOut = log.forcedOut + 1;
        }
        leftUntilNanos = oldest.appendedAtNanos();
        long passed = log.head;
        log.head = passed + 1;
        slots.setRelease(slot(slots, passed), null);
        log.bytes = log.bytes - oldest.retainedBytes();
        shares.left(oldest);
      }
    }

    /** Lets a text go whose sender has more than its share; whether there was one. */
    private boolean letTextGo() {
      long freed = shares.letGo(log.head);
      log.bytes = log.bytes - freed;
      log.textsForcedOut = shares.textsLetGo();
      return freed > 0;
    }

    /** Says that all events appended so far stand where those look whom they concern. */
    void allIndexed() {
      log.indexedUntil = log.tail;
    }

    /** The position of the first event appended at or after {@code nanos}. */
    long firstSince(long nanos) {
      AtomicReferenceArray<Event> slots = log.ring;
      long low = log.head;
      long high = log.tail;
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

    /**
     * When the newest of the events that have left was appended: before any that is held. Of use
     * only when an event has left.
     */
    long leftUntilNanos() {
      return leftUntilNanos;
    }

    private void grow() {
      AtomicReferenceArray<Event> old = log.ring;
      AtomicReferenceArray<Event> larger = new AtomicReferenceArray<>(old.length() * 2);
      for (long position = log.head; position < log.tail; position++) {
        larger.setPlain(slot(larger, position), old.getPlain(slot(old, position)));
      }
      log.ring = larger;
    }
  }
}
