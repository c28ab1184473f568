package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed's own thread: from waiting notifications to published events, in commit order.
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
  private final Progress progress;
  private final @Nullable HandledMarks marks;
  private final FeedMeters meters;
  private final Outcomes outcomes;
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;

  /** Signatures that nobody has announced. */
  private final Queue<String> unannounced = new ConcurrentLinkedQueue<>();

  /** Taken from the queue and not yet looked at. */
  private List<NotificationQueue.Notification> taken = List.of();

  private long lastFetchNanos;
  private String lastAdded = "";

  FetchLoop(
      FeedSettings settings,
      NotificationQueue queue,
      PendingRows pending,
      RowFetcher fetcher,
      RowPublisher publisher,
      CatchUpRun catchUp,
      Progress progress,
      @Nullable HandledMarks marks,
      Outcomes outcomes,
      FeedMeters meters,
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
    this.progress = progress;
    this.marks = marks;
    this.outcomes = outcomes;
    this.meters = meters;
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

  /** Pushes rows that no notification has told of. Any thread. */
  void addUnannounced(List<String> signatures) {
    unannounced.addAll(signatures);
    queue.wake();
  }

  /** For how long the oldest rpc log that is known of has waited to be published. Any thread. */
  long oldestWaitNanos(long nowNanos) {
    return Math.max(pending.oldestWaitNanos(nowNanos), queue.oldestWaitNanos(nowNanos));
  }

  private void run() {
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
    addTaken();
    addUnannounced();
    if (!pending.isEmpty()) {
      lastFetchNanos = System.nanoTime();
      fetcher.fetch();
    }
    FeedPoint read = progress.onRead(pending.receivedAtNanos());
    if (marks != null) {
      if (read != null) {
        marks.onRead(read, progress.base(), publisher.rowsRead());
      }
      marks.onTurnEnd(publisher.rowsPublished());
    }
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

  /** Takes what waits in the queue, and waits for it if nothing is pending. */
  private void take() throws InterruptedException {
    if (pending.isEmpty()) {
      awaitFetchInterval();
    }
    // What an earlier turn has taken and could not look at comes first.
    if (taken.isEmpty()) {
      taken =
          queue.take(
              Math.max(1, maxBatch - pending.size()), pending.isEmpty() ? IDLE_WAIT_MILLIS : 0);
    }
    if (queue.takeOverflow()) {
      LOG.warn("more notifications wait than fit in memory, reading the table instead");
      catchUp.want();
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

  private void addTaken() {
    for (NotificationQueue.Notification notification : taken) {
      FeedPoint point = notification.point();
      if (point != null) {
        progress.onHeard(point, lastAdded);
      } else {
        addNotified(notification);
      }
    }
    taken = List.of();
  }

  private void addNotified(NotificationQueue.Notification notification) {
    String signature = NotificationPayload.signature(notification.payload());
    if (signature == null) {
      outcomes.badNotification();
    } else if (pending.add(signature, notification.receivedAtNanos())) {
      lastAdded = signature;
    } else {
      meters.notificationRepeated();
    }
  }

  private void addUnannounced() {
    for (String sig = unannounced.poll(); sig != null; sig = unannounced.poll()) {
      if (pending.add(sig, System.nanoTime())) {
        if (marks != null) {
          marks.onUnannounced();
        }
        outcomes.unannounced(sig);
        lastAdded = sig;
      }
    }
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.interrupt();
    publisher.close();
  }
}
