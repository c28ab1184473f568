package herald.gateway.feed;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the replays of each user have cost in time, so that one user can't keep a processor of the
 * database busy for ever. A replay that took some time is paid off in {@value #PART} times as long,
 * and for as long as a user owes more than some seconds, none of that user's is begun. So the
 * replays of an ordinary user are read at once, and one who asks without end has this part of one
 * reader.
 *
 * <p>What has been paid off is forgotten: it takes as long to pay as it took to read, times a
 * constant, so at any time few owe something. Not thread-safe: it is reached under the monitor of
 * {@link ReplayQueue}.
 */
final class ReplayShares {
  /** One user has this part of one reader in the long run. */
  static final int PART = 10;

  /**
   * So much reading is owed before a user has to wait: as much as one replay may take by default,
   * so that the next one of a user whose first was slow is not too late because of that alone.
   */
  static final long ALLOWANCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** When each user has paid off everything. */
  private final Map<Integer, Long> paidOffAtNanos = new HashMap<>();

  /** Whether a replay of the user may be begun now. */
  boolean mayRead(int userId, long nowNanos) {
    Long atNanos = paidOffAtNanos.get(userId);
    return atNanos == null || atNanos - nowNanos <= PART * ALLOWANCE_NANOS;
  }

  /** A replay of the user took so long. */
  void onRead(int userId, long tookNanos, long nowNanos) {
    paidOffAtNanos.values().removeIf(atNanos -> atNanos - nowNanos <= 0);
    if (tookNanos > 0) {
      long sinceNanos = paidOffAtNanos.getOrDefault(userId, nowNanos);
      paidOffAtNanos.put(userId, sinceNanos + PART * tookNanos);
    }
  }

  /** How many users owe something, or did when the last replay ended. */
  int size() {
    return paidOffAtNanos.size();
  }
}
