package herald.gateway.supervision;

import herald.gateway.logging.Field;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread, or one timer, that must neither end nor stand still.
 *
 * <p>Its owner says {@link #turn()} at the beginning of each turn, and {@link #idle()} before it
 * waits for work, for as long as that may take. A timer says only {@code turn()}, with each beat:
 * one that does not beat any more shows as a standstill. Each is one ordered write.
 */
public final class SupervisedThread implements Watched {
  private static final Logger LOG = LoggerFactory.getLogger(SupervisedThread.class);
  private static final long IDLE = Long.MIN_VALUE;

  private final String name;
  private final long longestTurnNanos;
  private final LongSupplier nanoClock;
  private final IsolatedFailures failures;

  /** When the turn at hand began, or {@link #IDLE}. */
  private final AtomicLong turnBeganNanos = new AtomicLong(IDLE);

  /** The turn of the last standstill that was logged. */
  private final AtomicLong loggedTurnNanos = new AtomicLong(IDLE);

  private volatile @Nullable Thread thread;
  private volatile boolean ended;
  private volatile boolean mayEnd;

  SupervisedThread(
      String name, long longestTurnMillis, LongSupplier nanoClock, IsolatedFailures failures) {
    this.name = name;
    longestTurnNanos = TimeUnit.MILLISECONDS.toNanos(longestTurnMillis);
    this.nanoClock = nanoClock;
    this.failures = failures;
  }

  // ---- For its owner ----

  /**
   * What the thread is to run instead of {@code body}: its end is noticed, whether it returns or
   * throws. Nothing is thrown out of it.
   */
  public Runnable watch(Runnable body) {
    return () -> {
      Throwable cause = null;
      thread = Thread.currentThread();
      turn();
      try {
        body.run();
      } catch (Throwable e) {
        cause = e;
      } finally {
        ended(cause);
      }
    };
  }

  /**
   * A task for a timer that runs it at intervals: says that the thread has moved, before and after,
   * and isolates what {@code task} throws, so that the timer goes on. From now on it has to beat.
   */
  public Runnable periodic(Place place, Runnable task) {
    turn();
    return () -> {
      thread = Thread.currentThread();
      turn();
      try {
        task.run();
      } catch (Throwable e) {
        if (IsolatedFailures.meansTheEndOfTheThread(e)) {
          ended(e);
        }
        failures.isolated(place, e);
      }
      turn();
    };
  }

  /** A turn begins: from now on it has the longest time that one may take. */
  public void turn() {
    turnBeganNanos.lazySet(nanoClock.getAsLong());
  }

  /** Nothing is to be done, for however long: this is no standstill until the next turn. */
  public void idle() {
    turnBeganNanos.lazySet(IDLE);
  }

  /** The owner is about to end it: from now on neither its end nor a standstill is a problem. */
  public void mayEnd() {
    mayEnd = true;
  }

  /**
   * The thread has ended. Called by what {@link #watch} gives, and by the owner of a thread that it
   * does not run itself.
   *
   * @param cause what ended it; null if it has returned
   */
  public void ended(@Nullable Throwable cause) {
    boolean before = ended;
    ended = true;
    if (before || mayEnd) {
      return;
    }
    if (cause == null) {
      LOG.error("the thread {} has ended, though nobody has told it to", Field.of("thread", name));
    } else {
      LOG.error(
          "the thread {} has ended by an exception",
          Field.of("thread", name),
          StackTraceOnly.of(cause));
    }
  }

  // ---- For the supervisor ----

  @Override
  public boolean hasDied() {
    return ended && !mayEnd;
  }

  @Override
  public long busyNanos(long nowNanos) {
    long began = turnBeganNanos.get();
    return began == IDLE || ended || mayEnd ? 0 : Math.max(0, nowNanos - began);
  }

  @Override
  public @Nullable String problem(long nowNanos) {
    if (hasDied()) {
      return "the thread " + name + " has ended";
    }
    long busyNanos = busyNanos(nowNanos);
    if (busyNanos <= longestTurnNanos) {
      return null;
    }
    long busySeconds = TimeUnit.NANOSECONDS.toSeconds(busyNanos);
    logOnce(busySeconds);
    return "the thread " + name + " has not moved for " + busySeconds + " s";
  }

  /** Logs a standstill once, with the place where the thread stands. */
  private void logOnce(long busySeconds) {
    long turn = turnBeganNanos.get();
    Thread standing = thread;
    if (loggedTurnNanos.getAndSet(turn) != turn) {
      if (standing == null) {
        LOG.error(
            "the thread {} has not moved for {} s",
            Field.of("thread", name),
            Field.of("busy_s", busySeconds));
      } else {
        LOG.error(
            "the thread {} has not moved for {} s; it stands here",
            Field.of("thread", name),
            Field.of("busy_s", busySeconds),
            StackTraceOnly.at(standing));
      }
    }
  }
}
