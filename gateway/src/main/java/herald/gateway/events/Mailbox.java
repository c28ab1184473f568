package herald.gateway.events;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of the events that concern one user, in commit order, each at a position that never
 * changes.
 *
 * <p>A ring that grows: appended to under the dispatch lock, read by any event loop, safe as {@link
 * EventLog} is. It holds numbers and not references: a broadcast writes into every mailbox, and the
 * garbage collector has to look at each reference that is written into an old object. Of a number
 * the lower 32 bits suffice, since the log never holds that many.
 */
final class Mailbox {
  private static final int SMALLEST_RING = 4;
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);
  private static final AtomicLongFieldUpdater<Mailbox> TAIL =
      AtomicLongFieldUpdater.newUpdater(Mailbox.class, "tail");
  private static final Cursor[] NO_CURSORS = {};

  private final int userId;
  private final EventLog log;
  private final RememberedPositions remembered = new RememberedPositions();
  private Cursor[] cursors = NO_CURSORS;
  private volatile int[] ring = new int[SMALLEST_RING];
  private volatile long head;
  private volatile long tail;

  /** The last batch that put something in here. Under the dispatch lock. */
  private long lastBatch = -1;

  /** Since when all that concerned the user is in here. Under the dispatch lock. */
  private long coveredSinceNanos;

  Mailbox(int userId, EventLog log, long coveredSinceNanos) {
    this.userId = userId;
    this.log = log;
    this.coveredSinceNanos = coveredSinceNanos;
  }

  /** Since when all that concerned the user is in here, or has been. Under the dispatch lock. */
  long coveredSinceNanos() {
    return coveredSinceNanos;
  }

  int userId() {
    return userId;
  }

  /** The cursors of the user's open connections; not to be modified. Under the dispatch lock. */
  Cursor[] cursors() {
    return cursors;
  }

  /** Adds the cursor of a connection. Under the dispatch lock. */
  void add(Cursor cursor) {
    cursors = Arrays.copyOf(cursors, cursors.length + 1);
    cursors[cursors.length - 1] = cursor;
  }

  /** Takes a cursor out; false if it was not in. Under the dispatch lock. */
  boolean remove(Cursor cursor) {
    Cursor[] others =
        Arrays.stream(cursors).filter(other -> other != cursor).toArray(Cursor[]::new);
    boolean found = others.length < cursors.length;
    cursors = others.length == 0 ? NO_CURSORS : others;
    return found;
  }

  /** Where the user's ended connections had got to. Under the dispatch lock. */
  RememberedPositions remembered() {
    return remembered;
  }

  /** Whether {@code batch} puts something in here for the first time. Under the dispatch lock. */
  boolean touch(long batch) {
    if (lastBatch == batch) {
      return false;
    }
    lastBatch = batch;
    return true;
  }

  /**
   * The oldest position that an ended or an open connection has not gone beyond for certain; {@link
   * #tail()} if there is no such connection. Under the dispatch lock.
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

  /** Appends the number of an event that is in the log. Under the dispatch lock. */
  void append(long number) {
    long position = tail;
    if (position - head == ring.length) {
      forgetReleased();
      if (position - head == ring.length) {
        grow();
      }
    }
    int[] slots = ring;
    SLOT.setRelease(slots, slot(slots, position), (int) number);
    // A volatile write would have each mailbox of a broadcast wait for the memory of the one
    // before.
    TAIL.lazySet(this, position + 1);
  }

  /** The event at {@code position}, or null if it is no longer held. Any thread. */
  @Nullable Event get(long position) {
    int[] slots = ring;
    int low = (int) SLOT.getAcquire(slots, slot(slots, position));
    return position < head ? null : log.get(number(low));
  }

  /** Reads what a reader at the end will read; see {@link CursorOwner#approach}. Any thread. */
  int approach() {
    int[] slots = ring;
    return slots[slot(slots, tail)];
  }

  private long number(int low) {
    long newest = log.tail();
    return newest - (((int) newest - low) & 0xFFFF_FFFFL);
  }

  /** The first position of an event appended at or after {@code nanos}. Under the dispatch lock. */
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

  /** The first position of an event with this timestamp or a later one. Under the dispatch lock. */
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

  /** When the newest event was appended; {@code otherwise} if none is held. Under the lock. */
  long newestAppendedAtNanos(long otherwise) {
    Event newest = tail == head ? null : get(tail - 1);
    return newest == null ? otherwise : newest.appendedAtNanos();
  }

  /** Moves {@link #head()} past the events that have left the log. Under the dispatch lock. */
  void forgetReleased() {
    long position = head;
    while (position < tail && get(position) == null) {
      position++;
    }
    if (position > head) {
      coveredSinceNanos = Math.max(coveredSinceNanos, log.leftUntilNanos());
      head = position;
    }
  }

  private void grow() {
    int[] old = ring;
    int[] larger = new int[old.length * 2];
    for (long position = head; position < tail; position++) {
      larger[slot(larger, position)] = old[slot(old, position)];
    }
    ring = larger;
  }

  private static int slot(int[] slots, long position) {
    return (int) position & (slots.length - 1);
  }
}
