package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed's own thread: from waiting notifications to published events, in commit order. While it
 * waits, {@link DirectFetch} may do the same for the few rows that have just been announced.
 *
 * <p>All that waits is fetched in one round trip. What can't be done because the database is away
 * is done again until it can: nothing is skipped but what is counted. An exception ends one turn
 * and loses nothing: what a turn has taken stays with the loop until it has been published or
 * counted.
 */
final class FetchLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FetchLoop.class);
  private static final long IDLE_WAIT_MILLIS = 1_000;
  private static final long PAUSE_AFTER_FAILURE_MILLIS = 100;

  private final int maxBatch;
  private final long fetchIntervalNanos;
  private final NotificationQueue queue;
  private final PendingRows pending;
  private final RowFetcher fetcher;
  private final RowPublisher publisher;
  private final CatchUpRun catchUp;
  private final @Nullable HandledMarks marks;
  private final RowIntake intake;
  private final FeedTurn feedTurn;
  private final DirectFetch direct;
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;

  private long lastFetchNanos;

  FetchLoop(
      FeedSettings settings,
      NotificationQueue queue,
      PendingRows pending,
      RowFetcher fetcher,
      RowPublisher publisher,
      CatchUpRun catchUp,
      @Nullable HandledMarks marks,
      RowIntake intake,
      FeedTurn feedTurn,
      DirectFetch direct,
      IsolatedFailures failures,
      SupervisedThread supervised) {
    maxBatch = settings.maxBatch();
    fetchIntervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.fetchIntervalMillis());
    lastFetchNanos = System.nanoTime() - fetchIntervalNanos;
    this.queue = queue;
    this.pending = pending;
    this.fetcher = fetcher;
    this.publisher = publisher;
    this.catchUp = catchUp;
    this.marks = marks;
    this.intake = intake;
    this.feedTurn = feedTurn;
    this.direct = direct;
    this.failures = failures;
    this.supervised = supervised;
    thread = new DefaultThreadFactory("herald-fetch", true).newThread(supervised.watch(this::run));
  }

  void start() {
    thread.start();
  }

  /** Has the table read: notifications may have been missed. Any thread. */
  void wantCatchUp() {
    catchUp.want();
    queue.wake();
  }

  /** For how long the oldest rpc log that is known of has waited to be published. Any thread. */
  long oldestWaitNanos(long nowNanos) {
    return Math.max(pending.oldestWaitNanos(nowNanos), queue.oldestWaitNanos(nowNanos));
  }

  private void run() {
    try {
      takeTurn();
      while (!thread.isInterrupted()) {
        try {
          turn();
        } catch (InterruptedException e) {
          return;
        } catch (Throwable e) {
          failures.isolated(Place.FETCH, e);
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_AFTER_FAILURE_MILLIS));
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Takes the turn, and has a reading given up that holds it for too long. */
  private void takeTurn() throws InterruptedException {
    while (!feedTurn.take(IDLE_WAIT_MILLIS)) {
      // Whatever is thrown: without the turn this thread must not go on.
      failures.run(Place.FETCH, direct::giveUpIfOverdue);
    }
  }

  private void turn() throws InterruptedException {
    supervised.turn();
    take();
    // Only now: a notification of a new connection that has been taken is pending behind what was
    // missed before that connection.
    if (catchUp.isWanted()) {
      fetcher.fetchAll();
      catchUp();
    }
    publisher.publishDone();
    intake.addTaken();
    intake.addUnannounced();
    if (!pending.isEmpty()) {
      lastFetchNanos = System.nanoTime();
      fetcher.fetch();
    }
    intake.onRead();
  }

  private void catchUp() throws InterruptedException {
    if (marks != null) {
      marks.onCatchUpExpected();
    }
    catchUp.run();
    if (marks != null) {
      marks.onCaughtUp();
    }
  }

  /** Takes what waits in the queue, and waits for it if nothing is pending or was taken before. */
  private void take() throws InterruptedException {
    if (pending.isEmpty() && !intake.hasTaken()) {
      awaitWork();
    }
    intake.take(Math.max(1, maxBatch - pending.size()));
    if (queue.takeOverflow()) {
      LOG.warn("more notifications wait than fit in memory, reading the table instead");
      catchUp.want();
    }
  }

  /** Only here it is not this thread's turn. */
  private void awaitWork() throws InterruptedException {
    feedTurn.giveBack();
    try {
      awaitFetchInterval();
      queue.await(IDLE_WAIT_MILLIS);
    } finally {
      takeTurn();
    }
  }

  /** Lets a moment pass since the last fetch, in which more may come that shares the next one. */
  private void awaitFetchInterval() {
    long leftNanos = lastFetchNanos + fetchIntervalNanos - System.nanoTime();
    while (leftNanos > 0 && queue.size() < maxBatch && !thread.isInterrupted()) {
      LockSupport.parkNanos(this, leftNanos);
      leftNanos = lastFetchNanos + fetchIntervalNanos - System.nanoTime();
    }
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.interrupt();
    publisher.close();
  }
}
