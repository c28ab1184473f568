package herald.gateway.admission;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Limits how many connections each key (an address or a user) holds at the same time. A key without
 * a connection has no entry, so there are never more entries than connections. Any thread.
 */
final class ConcurrencyLimit<K> {
  private final ConcurrentHashMap<K, Integer> counts = new ConcurrentHashMap<>();
  private final int max;

  /**
   * @param max connections of one key; 0 is no limit
   */
  ConcurrencyLimit(int max) {
    this.max = max;
  }

  /** Acquires one connection for the key; false if the key holds as many as it may. */
  boolean tryAcquire(K key) {
    boolean[] acquired = {true};
    counts.compute(
        key,
        (same, count) -> {
          if (count == null) {
            return 1;
          }
          acquired[0] = max == 0 || count < max;
          return acquired[0] ? count + 1 : count;
        });
    return acquired[0];
  }

  /** Gives one connection of the key back. */
  void release(K key) {
    counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
  }

  /** The keys that hold at least one connection; a live view. */
  Set<K> holders() {
    return counts.keySet();
  }
}
