package herald.gateway.supervision;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.EnumCounter;
import herald.gateway.metrics.SupervisionMeters;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts exceptions and errors that cost one connection, one row or one task alone, and logs one
 * per interval and place, without its message. Any thread.
 */
public final class IsolatedFailures {
  private static final Logger LOG = LoggerFactory.getLogger(IsolatedFailures.class);
  private static final String THREAD_DEATH = "java.lang.ThreadDeath";

  private final EnumCounter<Place> counts;
  private final Map<Place, IntervalLog> logs = new EnumMap<>(Place.class);

  /** Declares the counters. */
  public IsolatedFailures(SupervisionMeters meters, LongSupplier nanoClock) {
    counts = meters.isolatedFailures(Place.class);
    for (Place place : Place.values()) {
      logs.put(place, new IntervalLog(LOG, nanoClock));
    }
  }

  /**
   * Counts and logs a failure that the caller has caught and that ends nothing else. Never throws,
   * unless the thread itself is to die: then it throws what it was given.
   */
  public void isolated(Place place, Throwable failure) {
    if (meansTheEndOfTheThread(failure)) {
      throw (Error) failure;
    }
    try {
      counts.increment(place);
      IntervalLog log = logs.get(place);
      if (log != null) {
        log.warn(
            "caught an exception in " + place.words() + ": it costs that one alone",
            () -> StackTraceOnly.of(failure));
      }
    } catch (RuntimeException | Error e) {
      // Memory may be so short that not even this can be said. What the caller does next matters
      // more.
      if (meansTheEndOfTheThread(e)) {
        throw e;
      }
    }
  }

  /** A task that survives what {@code task} throws, for executors that stop at an exception. */
  public Runnable isolating(Place place, Runnable task) {
    return () -> run(place, task);
  }

  /** Runs {@code task} and isolates what it throws. */
  public void run(Place place, Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      isolated(place, e);
    }
  }

  /** How many failures there were. */
  public long count(Place place) {
    return counts.count(place);
  }

  /** Whether somebody has the thread itself stopped; by name, since the class is to be removed. */
  static boolean meansTheEndOfTheThread(Throwable failure) {
    return failure instanceof Error && failure.getClass().getName().equals(THREAD_DEATH);
  }
}
