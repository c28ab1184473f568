package herald.gateway.supervision;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.EnumCounter;
import herald.gateway.metrics.SupervisionMeters;
import java.nio.channels.ClosedByInterruptException;
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

  /** Causes may go in a circle. */
  private static final int MAX_CAUSES = 20;

  private final EnumCounter<Place> counts;
  private final Map<Place, IntervalLog> logs = new EnumMap<>(Place.class);
  private volatile boolean isEnding;

  /** Declares the counters. */
  public IsolatedFailures(SupervisionMeters meters, LongSupplier nanoClock) {
    counts = meters.isolatedFailures(Place.class);
    for (Place place : Place.values()) {
      logs.put(place, new IntervalLog(LOG, nanoClock));
    }
  }

  /** The instance is being closed: a thread that is interrupted from now on has not failed. */
  void onEnding() {
    isEnding = true;
  }

  /**
   * Counts and logs a failure that the caller has caught and that ends nothing else. Never throws,
   * unless the thread itself is to die: then it throws what it was given.
   */
  public void isolated(Place place, Throwable failure) {
    if (meansTheEndOfTheThread(failure)) {
      throw (Error) failure;
    }
    if (isEnding && isInterruption(failure)) {
      return;
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

  /**
   * Whether it is there because the thread was interrupted, whatever a library has made of that.
   */
  private static boolean isInterruption(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof InterruptedException || cause instanceof ClosedByInterruptException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /** Whether somebody has the thread itself stopped; by name, since the class is to be removed. */
  static boolean meansTheEndOfTheThread(Throwable failure) {
    return failure instanceof Error && failure.getClass().getName().equals(THREAD_DEATH);
  }
}
