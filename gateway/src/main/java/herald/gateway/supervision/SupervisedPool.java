package herald.gateway.supervision;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads that take tasks out of one queue. The oldest task that runs counts, and how long tasks
 * have waited while none was taken. A thread of a pool may end: another takes its place, and if
 * none does, the tasks wait.
 */
public final class SupervisedPool implements Watched {
  private static final long FREE = Long.MIN_VALUE;

  private final String name;
  private final long longestTaskNanos;
  private final long longestWaitNanos;
  private final IntSupplier waiting;
  private final LongSupplier nanoClock;
  private final IsolatedFailures failures;

  /** One for each thread: when the task began that it runs, or {@link #FREE}. */
  private final AtomicLongArray began;

  /** When the last task was taken, or when the first came to wait. */
  private final AtomicLong movedNanos;

  private volatile boolean mayEnd;

  SupervisedPool(
      String name,
      int threads,
      long longestTaskMillis,
      long longestWaitMillis,
      IntSupplier waiting,
      LongSupplier nanoClock,
      IsolatedFailures failures) {
    this.name = name;
    longestTaskNanos = TimeUnit.MILLISECONDS.toNanos(longestTaskMillis);
    longestWaitNanos = TimeUnit.MILLISECONDS.toNanos(longestWaitMillis);
    this.waiting = waiting;
    this.nanoClock = nanoClock;
    this.failures = failures;
    long[] free = new long[threads];
    Arrays.fill(free, FREE);
    began = new AtomicLongArray(free);
    movedNanos = new AtomicLong(nanoClock.getAsLong());
  }

  // ---- For its owner ----

  /**
   * What the pool is to run instead of {@code task}; to be made just before it is given to the
   * pool. What {@code task} throws is isolated.
   */
  public Runnable watch(Runnable task) {
    if (waiting.getAsInt() == 0) {
      movedNanos.lazySet(nanoClock.getAsLong());
    }
    return () -> {
      int slot = begin();
      try {
        task.run();
      } catch (Throwable e) {
        failures.isolated(Place.TASK, e);
      } finally {
        end(slot);
      }
    };
  }

  /** The owner is about to end it: from now on nothing is a problem. */
  public void mayEnd() {
    mayEnd = true;
  }

  private int begin() {
    long nowNanos = nanoClock.getAsLong();
    movedNanos.lazySet(nowNanos);
    for (int slot = 0; slot < began.length(); slot++) {
      if (began.compareAndSet(slot, FREE, nowNanos)) {
        return slot;
      }
    }
    // More threads than were said: this task is not watched.
    return -1;
  }

  private void end(int slot) {
    if (slot >= 0) {
      began.lazySet(slot, FREE);
    }
  }

  // ---- For the supervisor ----

  @Override
  public boolean hasDied() {
    return waitedNanos(nanoClock.getAsLong()) > longestWaitNanos
        && busyNanos(nanoClock.getAsLong()) == 0;
  }

  /** How long tasks have waited while none was taken. */
  private long waitedNanos(long nowNanos) {
    long moved = movedNanos.get();
    return mayEnd || waiting.getAsInt() == 0 ? 0 : Math.max(0, nowNanos - moved);
  }

  @Override
  public long busyNanos(long nowNanos) {
    long longest = 0;
    for (int slot = 0; slot < began.length() && !mayEnd; slot++) {
      long at = began.get(slot);
      longest = at == FREE ? longest : Math.max(longest, nowNanos - at);
    }
    return longest;
  }

  @Override
  public @Nullable String problem(long nowNanos) {
    long busyNanos = busyNanos(nowNanos);
    if (busyNanos > longestTaskNanos) {
      return "a task of " + name + " has been running for " + seconds(busyNanos);
    }
    long waitedNanos = waitedNanos(nowNanos);
    if (waitedNanos > longestWaitNanos) {
      return waiting.getAsInt()
          + " tasks wait for "
          + name
          + ", which has taken none for "
          + seconds(waitedNanos);
    }
    return null;
  }

  private static String seconds(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(nanos) + " s";
  }
}
