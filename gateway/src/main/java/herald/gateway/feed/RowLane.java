package herald.gateway.feed;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one chat or of one person that are not published yet. Some have the lane for
 * themselves, others share it with each other: a row waits for what is in its way, and in the way
 * of a row that shares are only those that do not. Fetch thread.
 */
final class RowLane {
  /** The last one that has the lane for itself. */
  private @Nullable HeldRow last;

  /** Those behind it, which share the lane. */
  private final Set<HeldRow> sharing = new HashSet<>();

  /** Those that share it, and are before the last one too. */
  private int sharedRows;

  private int exclusiveRows;
  private long exclusiveBytes;

  /** Whether a row that comes now has to wait. */
  boolean isInTheWay(boolean isShared) {
    return last != null || (!isShared && !sharing.isEmpty());
  }

  /** Has a row wait for what is in its way, and stand in the way of what follows. */
  void add(HeldRow row, boolean isShared) {
    if (isShared) {
      sharedRows++;
    } else {
      exclusiveRows++;
      exclusiveBytes += row.bytes();
    }
    row.entered(this, isShared);
    if (last != null && (isShared || sharing.isEmpty())) {
      row.waitFor(last);
    }
    if (isShared) {
      sharing.add(row);
    } else {
      sharing.forEach(row::waitFor);
      sharing.clear();
      last = row;
    }
  }

  /** Lets a row go. */
  void remove(HeldRow row, boolean isShared) {
    if (isShared) {
      sharedRows--;
      sharing.remove(row);
    } else {
      exclusiveRows--;
      exclusiveBytes -= row.bytes();
      if (last == row) {
        last = null;
      }
    }
  }

  /** How many rows have or will have the lane for themselves. */
  int exclusiveRows() {
    return exclusiveRows;
  }

  /** About what these take. */
  long exclusiveBytes() {
    return exclusiveBytes;
  }

  boolean isEmpty() {
    return sharedRows == 0 && exclusiveRows == 0;
  }
}
