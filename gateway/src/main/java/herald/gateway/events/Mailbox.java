package herald.gateway.events;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The events that concern one user, in commit order, each at a position that never changes.
 *
 * <p>A ring that grows: the dispatch thread appends and forgets, any event loop reads. The reader's
 * safety rests on the order of two writes and two reads: {@code head} moves past a slot before the
 * slot is used again, and a reader looks at {@code head} after it has read the slot, so what it
 * read is right unless its position has been passed.
 */
final class Mailbox {
  private static final int SMALLEST_RING = 4;

  private final int userId;
  private final List<Cursor> cursors = new ArrayList<>(1);
  private final RememberedPositions remembered = new RememberedPositions();
  private volatile AtomicReferenceArray<Event> ring = new AtomicReferenceArray<>(SMALLEST_RING);
  private volatile long head;
  private volatile long tail;

  /** Since when all that concerned the user is in here. Dispatch thread. */
  private long coveredSinceNanos;

  Mailbox(int userId, long coveredSinceNanos) {
    this.userId = userId;
    this.coveredSinceNanos = coveredSinceNanos;
  }

  /** Since when all that concerned the user is in here, or has been. Dispatch thread. */
  long coveredSinceNanos() {
    return coveredSinceNanos;
  }

  int userId() {
    return userId;
  }

  /** The cursors of the user's open connections. Dispatch thread. */
  List<Cursor> cursors() {
    return cursors;
  }

  /** Where the user's ended connections had got to. Dispatch thread. */
  RememberedPositions remembered() {
    return remembered;
  }

  /**
   * The oldest position that an ended or an open connection has not gone beyond for certain; {@link
   * #tail()} if there is no such connection. Dispatch thread.
   */
  long oldestUnconfirmed() {
    long oldest = remembered.isEmpty() ? tail : remembered.oldest();
    for (Cursor cursor : cursors) {
      oldest = Math.min(oldest, cursor.acknowledged());
    }
    return oldest;
  }

  /** The first position that is still held. */
  long head() {
    return head;
  }

  /** The position that the next event will get. */
  long tail() {
    return tail;
  }

  /** Appends at {@link #tail()}. Dispatch thread. */
  void append(Event event) {
    long position = tail;
    if (position - head == ring.length()) {
      forgetReleased();
      if (position - head == ring.length()) {
        grow();
      }
    }
    AtomicReferenceArray<Event> slots = ring;
    slots.setRelease(slot(slots, position), event);
    tail = position + 1;
  }

  /** The event at {@code position}, or null if it is no longer held. Any thread. */
  @Nullable Event get(long position) {
    AtomicReferenceArray<Event> slots = ring;
    Event event = slots.getAcquire(slot(slots, position));
    return position < head ? null : event;
  }

  /** The first position of an event appended at or after {@code nanos}. Dispatch thread. */
  long firstSince(long nanos) {
    long position = tail;
    while (position > head) {
      Event event = get(position - 1);
      if (event == null || event.appendedAtNanos() - nanos < 0) {
        break;
      }
      position--;
    }
    return position;
  }

  /** The first position of an event with this timestamp or a later one. Dispatch thread. */
  long firstRelayedSince(long micros) {
    long position = head;
    while (position < tail) {
      Event event = get(position);
      if (event != null && event.relayedAtMicros() >= micros) {
        break;
      }
      position++;
    }
    return position;
  }

  /** When the newest event was appended; {@code otherwise} if there is none. Dispatch thread. */
  long newestAppendedAtNanos(long otherwise) {
    Event newest = tail == head ? null : get(tail - 1);
    return newest == null ? otherwise : newest.appendedAtNanos();
  }

  /** Moves {@link #head()} past the events that have left the log. Dispatch thread. */
  void forgetReleased() {
    long position = head;
    while (position < tail) {
      Event event = get(position);
      if (event != null && event.encoded() != null) {
        break;
      }
      if (event != null) {
        coveredSinceNanos = Math.max(coveredSinceNanos, event.appendedAtNanos());
      }
      position++;
    }
    head = position;
  }

  private void grow() {
    AtomicReferenceArray<Event> old = ring;
    AtomicReferenceArray<Event> larger = new AtomicReferenceArray<>(old.length() * 2);
    for (long position = head; position < tail; position++) {
      larger.setPlain(slot(larger, position), old.getPlain(slot(old, position)));
    }
    ring = larger;
  }

  private static int slot(AtomicReferenceArray<Event> slots, long position) {
    return (int) position & (slots.length() - 1);
  }
}
