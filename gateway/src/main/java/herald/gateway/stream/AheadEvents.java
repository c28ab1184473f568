package herald.gateway.stream;

import herald.gateway.logging.Field;
import herald.gateway.logging.IntervalLog;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * Events whose rows were stamped by a clock that was ahead of the database's.
 *
 * <p>After a fail-over a relay reads rows by their time. One that has read no stream in which such
 * an event still stands finds its row when that time has come, and publishes it again, however long
 * ago that was done first. So these are known until their time has passed, in two generations of
 * which the older is forgotten as a whole. Not thread-safe.
 */
final class AheadEvents {
  /** Less is the ordinary difference of clocks, and the time that a commit takes. */
  private static final long AHEAD_MICROS = TimeUnit.MINUTES.toMicros(1);

  /** Longer than a relay goes back that reads again after a fail-over. */
  private static final long KEPT_MICROS = TimeUnit.MINUTES.toMicros(15);

  private static final int MAX_PER_GENERATION = 1_000_000;

  private final IntervalLog forgotten = new IntervalLog(LoggerFactory.getLogger(AheadEvents.class));
  private final int maxPerGeneration;
  private KeySet current = new KeySet();
  private KeySet previous = new KeySet();

  /** The latest time of those in the younger generation. */
  private long currentUntilMicros = Long.MIN_VALUE;

  private long previousUntilMicros = Long.MIN_VALUE;

  AheadEvents() {
    this(MAX_PER_GENERATION);
  }

  /** The same, for tests of a full one. */
  AheadEvents(int maxPerGeneration) {
    this.maxPerGeneration = maxPerGeneration;
  }

  boolean contains(long key) {
    return current.contains(key) || previous.contains(key);
  }

  /**
   * Notes an event if its row was stamped ahead of the time.
   *
   * @param appliedAtMicros when the row was applied, by the clock of who wrote it
   * @param nowMicros about the database's clock when the row was published
   */
  void add(long key, long appliedAtMicros, long nowMicros) {
    if (appliedAtMicros - AHEAD_MICROS <= nowMicros) {
      return;
    }
    onTime(nowMicros);
    if (current.size() >= maxPerGeneration) {
      forgotten.warn(
          "{} events are forgotten whose rows were stamped ahead of the database's clock, since"
              + " more would have to be kept than fit; some may be pushed twice (expected: writers"
              + " whose clocks are right)",
          Field.of("events", previous.size()));
      forgetPrevious();
    }
    current.add(key);
    currentUntilMicros = Math.max(currentUntilMicros, appliedAtMicros);
  }

  /** The database's clock has come so far. */
  void onTime(long nowMicros) {
    while (size() > 0 && nowMicros > previousUntilMicros + KEPT_MICROS) {
      forgetPrevious();
    }
  }

  private void forgetPrevious() {
    previous = current;
    previousUntilMicros = currentUntilMicros;
    current = new KeySet();
    currentUntilMicros = Long.MIN_VALUE;
  }

  int size() {
    return current.size() + previous.size();
  }
}
