package herald.gateway.feed;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
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

  /** The transactions of those that the write-ahead log has told of. */
  private final Map<String, Long> xids = new HashMap<>();

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
   * Adds a row that has been announced by the write-ahead log.
   *
   * @param xid the transaction that has inserted it, the lower 32 bits of its id; 0 if it is not
   *     known
   * @return false if it is here already, or has been handled
   */
  boolean add(String signature, long nanos, long xid) {
    boolean isNew = add(signature, nanos);
    if (isNew && xid != 0) {
      xids.put(signature, xid);
    }
    return isNew;
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

  /**
   * Lets rows go that have been published, or counted. By loops: this is done for every reading,
   * and until the second compiler is done with it, the JVM is called for each object of a lambda.
   */
  void remove(RowSource.Rows handled) {
    for (RpcLog log : handled.logs()) {
      remove(log.sig());
    }
    for (String signature : handled.missing()) {
      remove(signature);
    }
    for (String signature : handled.unreadable()) {
      remove(signature);
    }
    oldestNanos = isEmpty() ? NONE : receivedAtNanos.values().iterator().next();
  }

  private void remove(String signature) {
    receivedAtNanos.remove(signature);
    xids.remove(signature);
  }

  /** The transactions, as far as they are known, of some that are pending. */
  Map<String, Long> xids(Collection<String> signatures) {
    Map<String, Long> known = new HashMap<>();
    for (String signature : signatures) {
      Long xid = xids.get(signature);
      if (xid != null) {
        known.put(signature, xid);
      }
    }
    return known;
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
