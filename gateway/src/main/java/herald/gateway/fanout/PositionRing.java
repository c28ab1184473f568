package herald.gateway.fanout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The positions of some of the log's events, ascending, each at an index that never changes: of the
 * events that concern one user, or of the broadcasts.
 *
 * <p>A ring that grows: {@link Writer} writes it under the dispatch lock, any event loop reads it,
 * safe as {@link EventLog} is. It holds numbers and not references, because the garbage collector
 * has to look at each reference that is written into an old object. Of a position the lower 32 bits
 * suffice, since the log never holds that many events.
 *
 * <p>All volatile fields have one writing thread at a time: the one that holds the dispatch lock.
 */
final class PositionRing {
  /** What {@link #at} gives behind the last: more than any position. */
  static final long NONE = Long.MAX_VALUE;

  /**
   * What {@link #at} gives for an event that has been forgotten: less than any position, and for
   * the log the position of one that has left.
   */
  static final long FORGOTTEN = -1;

  private static final int SMALLEST_RING = 4;
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);

  private final EventLog log;
  private volatile int[] ring = new int[SMALLEST_RING];
  private volatile long head;
  private volatile long tail;

  /** All positions below it have been forgotten. */
  private volatile long forgottenBelow;

  private PositionRing(EventLog log) {
    this.log = log;
  }

  /** The first index that is still held. */
  long head() {
    return head;
  }

  /** The index that the next position will get. */
  long tail() {
    return tail;
  }

  /** The position at {@code index}, {@link #NONE} or {@link #FORGOTTEN}. Any thread. */
  long at(long index) {
    if (index >= tail) {
      return NONE;
    }
    int[] slots = ring;
    int low = (int) SLOT.getAcquire(slots, slot(slots, index));
    return index < head ? FORGOTTEN : position(low);
  }

  /**
   * The first position that is not below {@code position}; {@link #NONE} if there is none, and
   * {@code position} itself if it can't be told because what was there has been forgotten. Any
   * thread.
   */
  long firstNotBelow(long position) {
    // One that is forgotten while this searches counts as below. What is found can be forgotten
    // before it is read; then it is below what has been forgotten, which is looked at last.
    long found = at(firstIndex(head, tail, index -> at(index) >= position));
    return position < forgottenBelow ? position : found;
  }

  /**
   * The first index that has been reached, from {@code from} on; {@code until} if none before it
   * has. If one has been reached, all behind it have. Takes as many steps as the difference has
   * bits.
   */
  static long firstIndex(long from, long until, LongPredicate isReached) {
    long low = from;
    long high = until;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (isReached.test(middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private long position(int low) {
    long newest = log.tail();
    return newest - (((int) newest - low) & 0xFFFF_FFFFL);
  }

  /** The event at {@code index}; null if there is none or it has left the log. Any thread. */
  @Nullable Event eventAt(long index) {
    long position = at(index);
    return position == NONE ? null : log.get(position);
  }

  private static int slot(int[] slots, long index) {
    return (int) index & (slots.length - 1);
  }

  /**
   * The one writer of a ring. Not thread-safe: it is reached only through a field that the dispatch
   * lock guards, and no reader has it.
   */
  static final class Writer {
    private final EventLog.Writer log;
    private final PositionRing ring;

    /** Since when all are in here. */
    private long coveredSinceNanos;

    /**
     * Makes an empty ring.
     *
     * @param coveredSinceNanos since when no event has been left out
     */
    Writer(EventLog.Writer log, long coveredSinceNanos) {
      this.log = log;
      this.coveredSinceNanos = coveredSinceNanos;
      ring = new PositionRing(log.log());
    }

    /** What readers get. */
    PositionRing ring() {
      return ring;
    }

    /** Appends the position of an event that is in the log. */
    void append(long position) {
      long index = ring.tail;
      if (index - ring.head == ring.ring.length) {
        forgetReleased();
        if (index - ring.head == ring.ring.length) {
          grow();
        }
      }
      int[] slots = ring.ring;
      SLOT.setRelease(slots, slot(slots, index), (int) position);
      ring.tail = index + 1;
    }

    /** The first index of a position that is not below {@code position}. */
    long firstFrom(long position) {
      return firstIndex(ring.head, ring.tail, index -> ring.at(index) >= position);
    }

    /** The oldest event that is held here and in the log at its place; null if there is none. */
    @Nullable Event oldest() {
      return ring.eventAt(ring.head);
    }

    /** When the newest event was appended; {@code otherwise} if none is held. */
    long newestAppendedAtNanos(long otherwise) {
      Event newest = ring.tail == ring.head ? null : ring.eventAt(ring.tail - 1);
      return newest == null ? otherwise : newest.appendedAtNanos();
    }

    /** The position below which all have been forgotten. */
    long forgottenBelow() {
      return ring.forgottenBelow;
    }

    /** Since when all are in here, or have been. */
    long coveredSinceNanos() {
      return coveredSinceNanos;
    }

    /** Moves {@link #head()} past the events that have left the log. */
    void forgetReleased() {
      long index = firstFrom(log.log().head());
      if (index > ring.head) {
        ring.forgottenBelow = ring.at(index - 1) + 1;
        coveredSinceNanos = Math.max(coveredSinceNanos, log.leftUntilNanos());
        ring.head = index;
      }
    }

    /**
     * An event could not be indexed here: whoever reads finds out that something is missing, and
     * nothing that was indexed before is held any more. Allocates nothing.
     *
     * @param belowPosition more than the position that the event has in the log, or would have got
     */
    void missed(long belowPosition, long nowNanos) {
      long index = ring.tail;
      ring.forgottenBelow = belowPosition;
      // Before the tail, so that nobody reads the slot of a position that was never written.
      ring.head = index + 1;
      ring.tail = index + 1;
      coveredSinceNanos = nowNanos;
    }

    private void grow() {
      int[] old = ring.ring;
      int[] larger = new int[old.length * 2];
      for (long index = ring.head; index < ring.tail; index++) {
        larger[slot(larger, index)] = old[slot(old, index)];
      }
      ring.ring = larger;
    }
  }
}
