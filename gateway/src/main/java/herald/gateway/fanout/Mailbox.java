package herald.gateway.fanout;

import herald.gateway.device.Device;
import java.util.Arrays;

/**
 * What concerns one user, but for broadcasts: the positions of the events, the cursors of the open
 * connections, and how far the ended ones had got.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock. Readers have its ring alone.
 */
final class Mailbox {
  private static final Cursor[] NO_CURSORS = {};

  private final int userId;
  private final PositionRing.Writer events;
  private final RememberedPositions remembered = new RememberedPositions();
  private Cursor[] cursors = NO_CURSORS;

  /** The last batch that put something in here. */
  private long lastBatch = -1;

  Mailbox(int userId, EventLog.Writer log, long coveredSinceNanos) {
    this.userId = userId;
    events = new PositionRing.Writer(log, coveredSinceNanos);
  }

  int userId() {
    return userId;
  }

  /** The positions of the user's events. */
  PositionRing.Writer events() {
    return events;
  }

  /** The cursors of the user's open connections; not to be modified. */
  Cursor[] cursors() {
    return cursors;
  }

  /** Adds the cursor of a connection. */
  void add(Cursor cursor) {
    cursors = Arrays.copyOf(cursors, cursors.length + 1);
    cursors[cursors.length - 1] = cursor;
  }

  /** Takes a cursor out; false if it was not in. */
  boolean remove(Cursor cursor) {
    Cursor[] others =
        Arrays.stream(cursors).filter(other -> other != cursor).toArray(Cursor[]::new);
    boolean found = others.length < cursors.length;
    cursors = others.length == 0 ? NO_CURSORS : others;
    return found;
  }

  /** How far the user's ended connections had got. */
  RememberedPositions remembered() {
    return remembered;
  }

  /** Whether a connection is open, or the position of an ended one is remembered. */
  boolean isClaimed() {
    return cursors.length > 0 || !remembered.isEmpty();
  }

  /** Whether {@code batch} puts something in here for the first time. */
  boolean touch(long batch) {
    if (lastBatch == batch) {
      return false;
    }
    lastBatch = batch;
    return true;
  }

  /**
   * The oldest position that an ended or an open connection of the device has not gone beyond for
   * certain; {@code otherwise} if there is no such connection.
   */
  long oldestUnconfirmed(Device device, long otherwise) {
    long oldest = remembered.oldest(device, otherwise);
    for (Cursor cursor : cursors) {
      if (device.mayFollow(cursor.device())) {
        oldest = Math.min(oldest, cursor.acknowledged());
      }
    }
    return oldest;
  }
}
