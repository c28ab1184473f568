package herald.gateway.feed;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one chat or of one person that are not published yet. Some have the lane for
 * themselves, others share it with each other: a row waits for what is in its way, and in the way
 * of a row that shares are only those that do not. Fetch thread.
 */
final class RowLane {
  /** Those that have the lane for themselves. They leave in this order. */
  private final ArrayDeque<HeldRow> exclusive = new ArrayDeque<>();

  /** Those behind the last of them, which share the lane. */
  private final Set<HeldRow> sharing = new HashSet<>();

  private int rows;
  private int beside;
  private long bytes;

  /** Whether a row that comes now has to wait. */
  boolean isInTheWay(boolean isShared) {
    return !exclusive.isEmpty() || (!isShared && !sharing.isEmpty());
  }

  /** Has a row wait for what is in its way, and stand in the way of what follows. */
  void add(HeldRow row, boolean isShared) {
    rows++;
    bytes += row.bytes();
    row.entered(this, isShared);
    HeldRow last = exclusive.peekLast();
    if (last != null && (isShared || sharing.isEmpty())) {
      row.waitFor(last);
    }
    if (isShared) {
      sharing.add(row);
    } else {
      beside += row.row().isBeside() ? 1 : 0;
      sharing.forEach(row::waitFor);
      exclusive.add(row);
      sharing.clear();
    }
  }

  /** Lets a row go. */
  void remove(HeldRow row, boolean isShared) {
    rows--;
    bytes -= row.bytes();
    if (isShared) {
      sharing.remove(row);
    } else {
      // It is the first, and so found at once, unless it could not be held after all.
      exclusive.remove(row);
      beside -= row.row().isBeside() ? 1 : 0;
    }
  }

  /** Whether a row that has the lane for itself was read before the one of this number. */
  boolean hasExclusiveBefore(long number) {
    HeldRow first = exclusive.peek();
    return first != null && first.number() < number;
  }

  /** The last row that has the lane for itself; null if there is none. */
  @Nullable HeldRow lastExclusive() {
    return exclusive.peekLast();
  }

  /** How many blasts and large texts are in it. */
  int beside() {
    return beside;
  }

  /** How many rows are in it. */
  int rows() {
    return rows;
  }

  /** About what these take. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return rows == 0;
  }
}
