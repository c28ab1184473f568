package herald.gateway.feed;

import herald.gateway.config.ReplaySettings;
import herald.gateway.fanout.Gap;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayRequest;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import herald.gateway.metrics.EnumCounter;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedPool;
import herald.gateway.supervision.Supervisor;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from the database what concerned one user since a moment: for a client that says where it
 * was, or comes back from another instance, when memory does not reach back so far.
 *
 * <p>Who is read for next is decided by {@link ReplayQueue}. Whatever happens, each connection gets
 * an answer within the timeout: what can't be had by then is said as a gap.
 */
final class UserReplay implements ReplaySource {
  private static final Logger LOG = LoggerFactory.getLogger(UserReplay.class);

  /** Reading ends this part of the timeout before it, so that what has been found is sent. */
  private static final int SPARED_PART = 10;

  private final PatientReplayReader reader;
  private final ReplayQueue queue;
  private final long timeoutNanos;
  private final Executor threads;
  private final SupervisedPool supervised;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final IsolatedFailures failures;
  private final EnumCounter<ReplayOutcome> outcomes;

  /** When the database could last not be asked. */
  private volatile long lastAwayNanos;

  private final IntervalLog errors = new IntervalLog(LOG);

  /** Reads one replay. */
  @FunctionalInterface
  interface Reader {
    /**
     * Reads what the user may have missed.
     *
     * @param untilNanos by then it is to end with what it has, on the clock of {@code
     *     System.nanoTime}
     * @param isWanted as soon as this is no longer so, it may end with anything
     */
    Replay read(ReplayRequest request, long untilNanos, BooleanSupplier isWanted)
        throws SQLException;
  }

  /**
   * @param threads run at least as many tasks at once as the settings say
   * @param longestMillis how long one replay may take until its thread counts as one that hangs
   */
  UserReplay(
      Reader reader,
      ReplaySettings settings,
      Executor threads,
      long longestMillis,
      FeedMeters meters,
      Supervisor supervisor,
      InstantSource clock,
      LongSupplier nanoClock) {
    this.threads = threads;
    this.clock = clock;
    this.nanoClock = nanoClock;
    queue =
        new ReplayQueue(settings.threads(), settings.maxWaiting(), settings.maxWaitingPerUser());
    timeoutNanos = TimeUnit.MILLISECONDS.toNanos(settings.timeoutMillis());
    this.reader =
        new PatientReplayReader(
            reader,
            timeoutNanos - timeoutNanos / SPARED_PART,
            awayNanos -> lastAwayNanos = awayNanos,
            nanoClock,
            LockSupport::parkNanos);
    lastAwayNanos = nanoClock.getAsLong() - timeoutNanos;
    failures = supervisor.failures();
    supervised =
        supervisor.pool(
            "herald-replay", settings.threads(), longestMillis, longestMillis, queue::waiting);
    meters.replaysWaiting(queue::waiting);
    outcomes = meters.databaseReplays(ReplayOutcome.class);
  }

  @Override
  public CompletableFuture<Replay> replay(ReplayRequest request) {
    PendingReplay replay = new PendingReplay(request, nanoClock.getAsLong());
    var unused = replay.answer().whenComplete((answer, failure) -> onAnswered(replay));
    ReplayQueue.Refused refused = queue.add(replay);
    if (refused != null) {
      errors.warn("too many replays wait, one more client gets a gap");
      giveUp(refused.replay(), refused.outcome());
    }
    readNext();
    return replay.answer();
  }

  private void onAnswered(PendingReplay replay) {
    queue.remove(replay);
    if (replay.answer().isCancelled()) {
      outcomes.increment(ReplayOutcome.ABANDONED);
    }
  }

  /**
   * Gives a gap to those who have waited for too long, and has read for those who have waited for
   * their share; to be called a few times a second. The time in which the database is away does not
   * count: nothing new comes either.
   */
  void expire() {
    readNext();
    long nowNanos = nanoClock.getAsLong();
    if (nowNanos - lastAwayNanos < timeoutNanos) {
      return;
    }
    for (PendingReplay overdue : queue.unansweredSince(nowNanos - timeoutNanos)) {
      errors.warn("a replay has taken too long, the client gets a gap");
      giveUp(overdue, ReplayOutcome.TIMED_OUT);
    }
  }

  /** Has a thread read the next one, if one may be read. */
  private void readNext() {
    PendingReplay next = queue.next(nanoClock.getAsLong());
    if (next != null) {
      try {
        threads.execute(supervised.watch(() -> read(next)));
      } catch (Throwable e) {
        // Closed, or no thread could be started.
        queue.done(next, 0, nanoClock.getAsLong());
        onFailure(next, e);
      }
    }
  }

  private void read(PendingReplay replay) {
    long beganNanos = nanoClock.getAsLong();
    try {
      if (replay.isWanted()) {
        long untilNanos = replay.askedAtNanos() + timeoutNanos - timeoutNanos / SPARED_PART;
        answer(
            replay,
            reader.read(replay.request(), untilNanos, replay::isWanted),
            ReplayOutcome.READ);
      }
    } catch (Throwable e) {
      onFailure(replay, e);
    } finally {
      long nowNanos = nanoClock.getAsLong();
      queue.done(replay, nowNanos - Math.max(beganNanos, lastAwayNanos), nowNanos);
      readNext();
    }
  }

  /** Whatever is wrong, the client gets an answer. */
  private void onFailure(PendingReplay replay, Throwable failure) {
    giveUp(replay, ReplayOutcome.FAILED);
    if (!(failure instanceof SQLException)) {
      failures.isolated(Place.REPLAY, failure);
    }
    errors.warn(
        "a replay can't be read, the client gets a gap: " + DatabaseRetry.describe(failure));
  }

  private void giveUp(PendingReplay replay, ReplayOutcome why) {
    answer(replay, nothing(replay.request()), why);
  }

  private void answer(PendingReplay replay, Replay answer, ReplayOutcome outcome) {
    if (replay.answer().complete(answer)) {
      outcomes.increment(outcome);
    } else {
      answer.release();
    }
  }

  private Replay nothing(ReplayRequest request) {
    Instant after = Instant.EPOCH.plus(request.afterMicros(), ChronoUnit.MICROS);
    Instant now = clock.instant();
    return new Replay(
        List.of(), new Gap(after, now.isAfter(after) ? now : after, GapSource.DATABASE));
  }

  /** The threads are about to end. */
  void mayEnd() {
    supervised.mayEnd();
  }
}
