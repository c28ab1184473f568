package herald.gateway.fanout;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Whom a broadcast wakes. Walking all connections costs an event loop the same whether an event
 * concerns one of them or all. So if a broadcast concerns few of the users who are connected, these
 * alone are woken. The others pass it with the next walk of all, once a second at most, however
 * many broadcasts there are.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock.
 */
final class BroadcastWakes {
  /** A walk is worth it if it concerns one of so many. */
  private static final int SHARE = 8;

  private static final long NONE = Long.MAX_VALUE;

  private final RoaringBitmap connected = new RoaringBitmap();

  /** The first broadcast that not all have been woken for. */
  private long firstUnwalked = NONE;

  /** The user has a connection. */
  void connected(int userId) {
    connected.add(userId);
  }

  /** The user has no connection any more. */
  void disconnected(int userId) {
    connected.remove(userId);
  }

  /** The users to be woken for a broadcast that is in the log; null if that is everybody. */
  @Nullable RoaringBitmap concerned(Event event) {
    RoaringBitmap concerned = event.audience().among(connected);
    if (concerned.getLongCardinality() * SHARE > connected.getLongCardinality()) {
      return null;
    }
    firstUnwalked = Math.min(firstUnwalked, event.position());
    return concerned;
  }

  /**
   * Whether a broadcast that some have not passed may soon leave the log, for lack of memory.
   * Whoever has not passed it then can't go on.
   */
  boolean isPressing(EventLog log) {
    return firstUnwalked != NONE
        && log.bytes() > log.maxBytes() / 2
        && firstUnwalked - log.head() < log.size() / 2;
  }

  /** Whether somebody has a broadcast still to pass; all are woken now. */
  boolean takeWalk() {
    boolean isDue = firstUnwalked != NONE;
    firstUnwalked = NONE;
    return isDue;
  }
}
