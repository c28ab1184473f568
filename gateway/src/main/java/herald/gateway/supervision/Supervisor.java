package herald.gateway.supervision;

import herald.gateway.metrics.SupervisionMeters;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows the threads without which the instance should get no new clients, and says when one of them
 * has ended or stands still. Has no thread of its own: whoever asks looks. Any thread.
 */
public final class Supervisor {
  private final SupervisionMeters meters;
  private final LongSupplier nanoClock;
  private final IsolatedFailures failures;
  private final List<Watched> watched = new CopyOnWriteArrayList<>();
  private final List<Supervisor> parts = new CopyOnWriteArrayList<>();

  /** Supervises nothing yet. */
  public Supervisor(SupervisionMeters meters, LongSupplier nanoClock) {
    this(meters, nanoClock, new IsolatedFailures(meters, nanoClock));
  }

  private Supervisor(SupervisionMeters meters, LongSupplier nanoClock, IsolatedFailures failures) {
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.failures = failures;
  }

  /**
   * Supervises the threads of a part that ends before the instance does.
   *
   * @param ofPart where the part's threads are declared
   */
  public Supervisor part(SupervisionMeters ofPart) {
    Supervisor part = new Supervisor(ofPart, nanoClock, failures);
    parts.add(part);
    return part;
  }

  /** The part has ended: its threads are not looked at any more. */
  public void leave(Supervisor part) {
    parts.remove(part);
  }

  /** Where exceptions are counted that end nothing. */
  public IsolatedFailures failures() {
    return failures;
  }

  /**
   * The instance is about to be closed: a thread that is interrupted from now on has not failed.
   */
  public void onEnding() {
    failures.onEnding();
  }

  /**
   * Supervises one thread or timer; it is idle until its first turn.
   *
   * @param name as the thread is called; also the label of its metrics
   * @param longestTurnMillis how long one turn may take, or the time between two beats of a timer
   */
  public SupervisedThread thread(String name, long longestTurnMillis) {
    SupervisedThread thread = new SupervisedThread(name, longestTurnMillis, nanoClock, failures);
    add(name, longestTurnMillis, thread);
    return thread;
  }

  /**
   * Supervises a pool.
   *
   * @param threads how many tasks may run at once
   * @param longestTaskMillis how long one task may take
   * @param longestWaitMillis how long tasks may wait while no thread takes one; not less than one
   *     task may take
   * @param waiting how many tasks wait
   */
  public SupervisedPool pool(
      String name,
      int threads,
      long longestTaskMillis,
      long longestWaitMillis,
      IntSupplier waiting) {
    SupervisedPool pool =
        new SupervisedPool(
            name, threads, longestTaskMillis, longestWaitMillis, waiting, nanoClock, failures);
    add(name, longestTaskMillis, pool);
    return pool;
  }

  private void add(String name, long longestTurnMillis, Watched added) {
    watched.add(added);
    meters.thread(
        name,
        () -> added.hasDied() ? 0 : 1,
        () -> added.busyNanos(nanoClock.getAsLong()) / 1e9,
        longestTurnMillis / 1e3);
  }

  /** What is wrong with the threads, in one sentence; the end of one first. Null if nothing is. */
  public @Nullable String problem() {
    long nowNanos = nanoClock.getAsLong();
    String standstill = null;
    for (Watched each : watched) {
      String problem = each.problem(nowNanos);
      if (problem != null && each.hasDied()) {
        return problem;
      }
      standstill = standstill == null ? problem : standstill;
    }
    for (Supervisor part : parts) {
      String problem = part.problem();
      standstill = standstill == null ? problem : standstill;
    }
    return standstill;
  }
}
