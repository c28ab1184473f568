package herald.gateway.feed;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The rpc logs that are known of and have not yet been published or counted, in the order in which
 * they became known. Fetch thread, but for {@link #oldestWaitNanos}.
 */
final class PendingRows {
  private static final long NONE = Long.MIN_VALUE;

  private final DuplicateFilter seen;

  /** By signature, with the time at which each became known. */
  private final Map<String, Long> receivedAtNanos = new LinkedHashMap<>();

  /** When the first of them became known, or {@link #NONE}. Written by the fetch thread. */
  private volatile long oldestNanos = NONE;

  PendingRows(DuplicateFilter seen) {
    this.seen = seen;
  }

  /**
   * Adds a row that has been announced.
   *
   * @return false if it is here already, or has been handled
   */
  boolean add(String signature, long nanos) {
    return !seen.contains(signature) && addNew(signature, nanos);
  }

  /**
   * Adds a row that a reading of the table has found.
   *
   * @return false if it is no news: it has been handled, or was there before the feed began
   */
  boolean addFound(String signature, long nanos) {
    return !seen.isKnown(signature) && addNew(signature, nanos);
  }

  private boolean addNew(String signature, long nanos) {
    if (receivedAtNanos.putIfAbsent(signature, nanos) != null) {
      return false;
    }
    if (oldestNanos == NONE) {
      oldestNanos = nanos;
    }
    return true;
  }

  /** Lets rows go that have been published, or counted. */
  void remove(RowSource.Rows handled) {
    handled.logs().forEach(log -> receivedAtNanos.remove(log.sig()));
    handled.missing().forEach(receivedAtNanos::remove);
    handled.unreadable().forEach(receivedAtNanos::remove);
    oldestNanos = isEmpty() ? NONE : receivedAtNanos.values().iterator().next();
  }

  /** A view, by signature, of when each became known. */
  Map<String, Long> receivedAtNanos() {
    return Collections.unmodifiableMap(receivedAtNanos);
  }

  boolean isEmpty() {
    return receivedAtNanos.isEmpty();
  }

  int size() {
    return receivedAtNanos.size();
  }

  /** For how long the oldest has waited; 0 if there is none. Any thread. */
  long oldestWaitNanos(long nowNanos) {
    long oldest = oldestNanos;
    return oldest == NONE ? 0 : nowNanos - oldest;
  }
}
