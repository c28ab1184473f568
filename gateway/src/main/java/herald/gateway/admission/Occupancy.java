package herald.gateway.admission;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many each one has, up to a limit. Who has none is not in here, so there are never more
 * entries than connections. Any thread.
 */
final class Occupancy<K> {
  private final ConcurrentHashMap<K, Integer> counts = new ConcurrentHashMap<>();
  private final int max;

  /**
   * @param max 0 is no limit
   */
  Occupancy(int max) {
    this.max = max;
  }

  /** Takes one place; false if all are taken. */
  boolean enter(K key) {
    boolean[] entered = {true};
    counts.compute(
        key,
        (same, count) -> {
          if (count == null) {
            return 1;
          }
          entered[0] = max == 0 || count < max;
          return entered[0] ? count + 1 : count;
        });
    return entered[0];
  }

  void leave(K key) {
    counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
  }

  /** Who has one at least; a live view. */
  Set<K> present() {
    return counts.keySet();
  }
}
