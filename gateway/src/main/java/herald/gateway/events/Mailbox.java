package herald.gateway.events;

import java.util.Arrays;

/**
 * What concerns one user, but for what concerns many at once: the numbers of the events, the
 * connections, and where ended ones had got to. All under the dispatch lock.
 */
final class Mailbox {
  private static final Cursor[] NO_CURSORS = {};

  private final int userId;
  private final EventNumbers numbers;
  private final RememberedPositions remembered = new RememberedPositions();
  private Cursor[] cursors = NO_CURSORS;

  /** The last batch that put something in here. */
  private long lastBatch = -1;

  Mailbox(int userId, EventLog log, long coveredSinceNanos) {
    this.userId = userId;
    numbers = new EventNumbers(log, coveredSinceNanos);
  }

  int userId() {
    return userId;
  }

  EventNumbers numbers() {
    return numbers;
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

  /** Where the user's ended connections had got to. */
  RememberedPositions remembered() {
    return remembered;
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
   * The oldest position that an ended or an open connection has not gone beyond for certain; {@code
   * otherwise} if there is no such connection.
   */
  long oldestUnconfirmed(long otherwise) {
    long oldest = remembered.isEmpty() ? otherwise : remembered.oldest();
    for (Cursor cursor : cursors) {
      oldest = Math.min(oldest, cursor.acknowledged());
    }
    return oldest;
  }
}
