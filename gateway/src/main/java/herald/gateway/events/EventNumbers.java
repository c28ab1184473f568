package herald.gateway.events;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The numbers of some of the log's events, ascending, each at a position that never changes: of
 * those that concern one user, or of those whose audience is wide.
 *
 * <p>A ring that grows: appended to under the dispatch lock, read by any event loop, safe as {@link
 * EventLog} is. It holds numbers and not references, because the garbage collector has to look at
 * each reference that is written into an old object. Of a number the lower 32 bits suffice, since
 * the log never holds that many.
 */
final class EventNumbers {
  /** What {@link #at} gives behind the last: more than any number. */
  static final long NONE = Long.MAX_VALUE;

  /**
   * What {@link #at} gives for an event that has been forgotten: less than any number, and for the
   * log the number of one that has left.
   */
  static final long FORGOTTEN = -1;

  private static final int SMALLEST_RING = 4;
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);

  private final EventLog log;
  private volatile int[] ring = new int[SMALLEST_RING];
  private volatile long head;
  private volatile long tail;

  /** All below it have been forgotten. Under the dispatch lock. */
  private long forgottenBelow;

  /** Since when all are in here. Under the dispatch lock. */
  private long coveredSinceNanos;

  EventNumbers(EventLog log, long coveredSinceNanos) {
    this.log = log;
    this.coveredSinceNanos = coveredSinceNanos;
  }

  /** The first position that is still held. */
  long head() {
    return head;
  }

  /** The position that the next number will get. */
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
    tail = position + 1;
  }

  /** The number at {@code position}, {@link #NONE} or {@link #FORGOTTEN}. Any thread. */
  long at(long position) {
    if (position >= tail) {
      return NONE;
    }
    int[] slots = ring;
    int low = (int) SLOT.getAcquire(slots, slot(slots, position));
    return position < head ? FORGOTTEN : number(low);
  }

  private long number(int low) {
    long newest = log.tail();
    return newest - (((int) newest - low) & 0xFFFF_FFFFL);
  }

  /** The first position of a number that is not below {@code number}. Under the dispatch lock. */
  long firstFrom(long number) {
    long position = tail;
    while (position > head && at(position - 1) >= number) {
      position--;
    }
    return position;
  }

  /** The first position of an event with this timestamp or a later one. Under the dispatch lock. */
  long firstRelayedSince(long micros) {
    long position = head;
    while (position < tail) {
      Event event = log.get(at(position));
      if (event != null && event.relayedAtMicros() >= micros) {
        break;
      }
      position++;
    }
    return position;
  }

  /** When the newest event was appended; {@code otherwise} if none is held. Under the lock. */
  long newestAppendedAtNanos(long otherwise) {
    Event newest = tail == head ? null : log.get(at(tail - 1));
    return newest == null ? otherwise : newest.appendedAtNanos();
  }

  /** The number below which all have been forgotten. Under the dispatch lock. */
  long forgottenBelow() {
    return forgottenBelow;
  }

  /** Since when all are in here, or have been. Under the dispatch lock. */
  long coveredSinceNanos() {
    return coveredSinceNanos;
  }

  /** Moves {@link #head()} past the events that have left the log. Under the dispatch lock. */
  void forgetReleased() {
    long position = head;
    while (position < tail && log.get(at(position)) == null) {
      position++;
    }
    if (position > head) {
      forgottenBelow = at(position - 1) + 1;
      coveredSinceNanos = Math.max(coveredSinceNanos, log.leftUntilNanos());
      head = position;
    }
  }

  /**
   * An event could not be entered here: whoever reads finds out that something is missing, and
   * nothing that was entered before is held any more. Allocates nothing. Under the dispatch lock.
   *
   * @param belowNumber more than the number that the event has in the log, or would have got
   */
  void missed(long belowNumber, long nowNanos) {
    long position = tail;
    // First, so that nobody reads the slot of a number that was never written.
    head = position + 1;
    tail = position + 1;
    forgottenBelow = belowNumber;
    coveredSinceNanos = nowNanos;
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
