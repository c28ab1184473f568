package herald.gateway.feed;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches the table at intervals for rows that no notification has announced, as when the trigger
 * is disabled for a while, and has them pushed. A thread of its own.
 *
 * <p>A row that it sees and the feed has not handled may just be on its way. So it waits until a
 * probe that was sent after its search has been handled, and looks again. While all is well, a
 * search rests for a hundred times as long as it took, so that it costs the database about a
 * hundredth of one processor, but at most for thirty intervals.
 */
final class Sweep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
  private static final int REST = 100;

  /** Of intervals: however long a search takes, the next one comes. */
  private static final int LONGEST_REST = 30;

  private static final long POLL_MILLIS = 50;
  private static final long SLACK_MILLIS = 60_000;

  private final CatchUp catchUp;
  private final Progress progress;
  private final DuplicateFilter seen;
  private final Consumer<List<String>> onUnannounced;
  private final BooleanSupplier isListening;
  private final BooleanSupplier isDatabaseWell;
  private final LongSupplier probesSent;
  private final long intervalMillis;
  private final long patienceMillis;
  private final FeedMeters meters;
  private final IsolatedFailures failures;
  private final IntervalLog errors = new IntervalLog(LOG);
  private final SupervisedThread supervised;
  private final Thread thread;

  /** How long the last search took. */
  private long searchMillis;

  /** Whether the last search has found something that was not announced. */
  private boolean hasFound;

  /**
   * @param onUnannounced has rows pushed that no notification has told of
   * @param isListening whether the listener is proved and nothing missed is still to be read
   * @param isDatabaseWell whether trigger and tables are as they have to be
   * @param probesSent the number of the last probe that was sent
   * @param intervalMillis the shortest time from one search to the next
   * @param patienceMillis how long a probe may take from being sent to being handled
   * @param longestMillis how long one search may take
   */
  Sweep(
      CatchUp catchUp,
      Progress progress,
      DuplicateFilter seen,
      Consumer<List<String>> onUnannounced,
      BooleanSupplier isListening,
      BooleanSupplier isDatabaseWell,
      LongSupplier probesSent,
      long intervalMillis,
      long patienceMillis,
      long longestMillis,
      FeedMeters meters,
      Supervisor supervisor) {
    this.catchUp = catchUp;
    this.progress = progress;
    this.seen = seen;
    this.onUnannounced = onUnannounced;
    this.isListening = isListening;
    this.isDatabaseWell = isDatabaseWell;
    this.probesSent = probesSent;
    this.intervalMillis = intervalMillis;
    this.patienceMillis = patienceMillis;
    this.meters = meters;
    failures = supervisor.failures();
    supervised = supervisor.thread("herald-sweep", longestMillis + patienceMillis + SLACK_MILLIS);
    thread = new DefaultThreadFactory("herald-sweep", true).newThread(supervised.watch(this::run));
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        supervised.idle();
        rest();
        supervised.turn();
        sweepIsolated();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Looks again and again for how long to rest: something may go wrong meanwhile. */
  private void rest() throws InterruptedException {
    long restedMillis = 0;
    while (restedMillis < restMillis()) {
      TimeUnit.MILLISECONDS.sleep(intervalMillis);
      restedMillis += intervalMillis;
    }
  }

  /** Where something was found, or is known to be wrong, more is to be expected. */
  private long restMillis() {
    boolean isQuiet = !hasFound && isDatabaseWell.getAsBoolean();
    long wantedMillis = isQuiet ? REST * searchMillis : 0;
    return Math.max(intervalMillis, Math.min(wantedMillis, LONGEST_REST * intervalMillis));
  }

  private void sweepIsolated() throws InterruptedException {
    try {
      if (isListening.getAsBoolean()) {
        sweep();
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      if (DatabaseRetry.isOfConnection(e)) {
        errors.warn("the table can't be searched: " + DatabaseRetry.describe(e));
      } else {
        failures.isolated(Place.SWEEP, e);
      }
    }
  }

  private void sweep() throws Exception {
    FeedPoint since = progress.sweepBase();
    if (since == null) {
      return;
    }
    FoundRows found = new FoundRows(seen::isKnown);
    long beginNanos = System.nanoTime();
    FeedPoint until = catchUp.readSince(since, since, found::add);
    searchMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos);
    hasFound = false;
    meters.swept();
    if (!found.isEmpty()) {
      if (!awaitProbe(probesSent.getAsLong() + 1)) {
        return;
      }
      List<String> unknown = found.unknown();
      hasFound = !unknown.isEmpty();
      onUnannounced.accept(unknown);
      if (!found.isComplete()) {
        return;
      }
    }
    progress.onSwept(until);
  }

  /** Whether the probe of this number, or a later one, has been handled before patience ended. */
  private boolean awaitProbe(long number) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    while (progress.handledProbe() < number) {
      if (System.nanoTime() - deadlineNanos > 0 || !isListening.getAsBoolean()) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return true;
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.interrupt();
  }
}
