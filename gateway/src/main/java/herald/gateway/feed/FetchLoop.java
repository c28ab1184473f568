package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
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

  private final FeedSettings settings;
  private final long replayMillis;
  private final long fetchIntervalNanos;
  private final NotificationQueue queue;
  private final Progress progress;
  private final FaultIsolatingReader reader;
  private final CatchUp catchUp;
  private final RowPublisher publisher;
  private final DatabaseRetry retry;
  private final FeedMeters meters;
  private final Outcomes outcomes;
  private final SeenSigs seen;
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;

  /** Signatures that nobody has announced. */
  private final Queue<String> unannounced = new ConcurrentLinkedQueue<>();

  /** Taken from the queue and not yet looked at. */
  private List<NotificationQueue.Notification> taken = List.of();

  /** What is being read, with the time at which it came. */
  private final Map<String, Long> reading = new LinkedHashMap<>();

  private volatile boolean catchUpWanted;

  /** How many connections of the listener have begun, each of which brings a catch-up. */
  private final AtomicLong expectedCatchUps = new AtomicLong();

  /** With which of them the last catch-up began that has ended. */
  private volatile long caughtUpWith = -1;

  /** When the oldest that is being read came; {@link Long#MIN_VALUE} if none is. */
  private volatile long oldestReadingNanos = Long.MIN_VALUE;

  private long lastFetchNanos;
  private String lastAdded = "";

  FetchLoop(
      FeedSettings settings,
      long replayMillis,
      NotificationQueue queue,
      Progress progress,
      FaultIsolatingReader reader,
      CatchUp catchUp,
      RowPublisher publisher,
      DatabaseRetry retry,
      Outcomes outcomes,
      SeenSigs seen,
      FeedMeters meters,
      IsolatedFailures failures,
      SupervisedThread supervised) {
    this.settings = settings;
    this.replayMillis = replayMillis;
    fetchIntervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.fetchIntervalMillis());
    lastFetchNanos = System.nanoTime() - fetchIntervalNanos;
    this.queue = queue;
    this.progress = progress;
    this.reader = reader;
    this.catchUp = catchUp;
    this.publisher = publisher;
    this.retry = retry;
    this.outcomes = outcomes;
    this.seen = seen;
    this.meters = meters;
    this.failures = failures;
    this.supervised = supervised;
    thread = new DefaultThreadFactory("herald-fetch", true).newThread(supervised.watch(this::run));
  }

  void start() {
    thread.start();
  }

  /** A new connection of the listener begins: from now on something may be missed. Any thread. */
  void expectCatchUp() {
    expectedCatchUps.incrementAndGet();
  }

  /** Has the table read: notifications may have been missed. Any thread. */
  void wantCatchUp() {
    catchUpWanted = true;
    queue.wake();
  }

  /** Whether all that was committed before the listener listened has been published. */
  boolean isCaughtUp() {
    return caughtUpWith == expectedCatchUps.get() && !catchUpWanted;
  }

  /** Pushes rows that no notification has told of. Any thread. */
  void addUnannounced(List<String> signatures) {
    unannounced.addAll(signatures);
    queue.wake();
  }

  /** For how long the oldest rpc log that is known of has waited to be published. Any thread. */
  long oldestWaitNanos(long nowNanos) {
    long oldest = oldestReadingNanos;
    long readingNanos = oldest == Long.MIN_VALUE ? 0 : nowNanos - oldest;
    return Math.max(readingNanos, queue.oldestWaitNanos(nowNanos));
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
    if (reading.isEmpty()) {
      awaitFetchInterval();
    }
    if (taken.isEmpty()) {
      taken =
          queue.take(
              Math.max(1, settings.maxBatch() - reading.size()),
              reading.isEmpty() ? IDLE_WAIT_MILLIS : 0);
    }
    if (queue.takeOverflow()) {
      LOG.warn("more notifications wait than fit in memory, reading the table instead");
      catchUpWanted = true;
    }
    // Looked at after taking: what a new connection hears comes behind what was missed.
    if (catchUpWanted) {
      fetchAll();
      beginCatchUp();
    }
    publisher.publishDoneBlasts();
    addTaken();
    addUnannounced();
    if (!reading.isEmpty()) {
      fetch();
    }
    progress.onRead(reading);
    noteOldest();
  }

  /** Lets a moment pass since the last fetch, in which more may come that shares the next one. */
  private void awaitFetchInterval() {
    long leftNanos = lastFetchNanos + fetchIntervalNanos - System.nanoTime();
    while (leftNanos > 0 && queue.size() < settings.maxBatch() && !thread.isInterrupted()) {
      LockSupport.parkNanos(this, leftNanos);
      leftNanos = lastFetchNanos + fetchIntervalNanos - System.nanoTime();
    }
  }

  /** Adds what is new of what was taken to what is being read. */
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
    noteOldest();
  }

  private void addNotified(NotificationQueue.Notification notification) {
    String signature = NotificationPayload.signature(notification.payload());
    if (signature == null) {
      outcomes.badNotification();
    } else if (seen.contains(signature)
        || reading.putIfAbsent(signature, notification.receivedAtNanos()) != null) {
      meters.notificationRepeated();
    } else {
      lastAdded = signature;
    }
  }

  private void addUnannounced() {
    for (String sig = unannounced.poll(); sig != null; sig = unannounced.poll()) {
      if (!seen.contains(sig) && reading.putIfAbsent(sig, System.nanoTime()) == null) {
        outcomes.unannounced(sig);
        lastAdded = sig;
      }
    }
  }

  private void noteOldest() {
    oldestReadingNanos = reading.isEmpty() ? Long.MIN_VALUE : reading.values().iterator().next();
  }

  /** Fetches the first of what is being read, and publishes it. */
  private void fetch() throws InterruptedException {
    lastFetchNanos = System.nanoTime();
    RowSource.Rows found = reader.read(reading);
    meters.fetched(found.logs().size(), found.nanos());
    publisher.publish(found.logs(), found.readAtNanos(), progress.point());
    found.logs().forEach(log -> reading.remove(log.sig()));
    for (String missing : found.missing()) {
      reading.remove(missing);
      seen.add(missing, 0, System.nanoTime());
      outcomes.missing(missing);
    }
    for (String unreadable : found.unreadable()) {
      reading.remove(unreadable);
      seen.add(unreadable, 0, System.nanoTime());
      outcomes.unreadable(unreadable, Method.UNKNOWN, reader.failure());
    }
  }

  // ---- Catching up ----

  private void beginCatchUp() throws InterruptedException {
    long expected = expectedCatchUps.get();
    catchUpWanted = false;
    try {
      catchUp();
      caughtUpWith = expected;
    } catch (InterruptedException | RuntimeException | Error e) {
      catchUpWanted = true;
      throw e;
    }
  }

  private void catchUp() throws InterruptedException {
    boolean isFirst = !progress.hasBegun();
    publisher.setTimed(!isFirst);
    int[] found = {0};
    try {
      FeedPoint until =
          retry.untilItWorks(
              () -> {
                CatchUp.PageHandler handler = page -> found[0] += publishPage(page);
                return isFirst
                    ? catchUp.readLast(replayMillis, handler)
                    : catchUp.readSince(progress.base(), progress.older(), handler);
              });
      progress.onCaughtUp(until);
    } finally {
      publisher.setTimed(true);
    }
    meters.caughtUp(found[0]);
    if (found[0] > 0) {
      LOG.info("caught up with {} rpc logs that no notification had told of", found[0]);
    }
  }

  /** Publishes the rows of a page that are new. */
  private int publishPage(List<String> page) throws InterruptedException {
    List<String> fresh = new ArrayList<>(page);
    fresh.removeIf(seen::isKnown);
    long nowNanos = System.nanoTime();
    for (String signature : fresh) {
      reading.put(signature, nowNanos);
      if (reading.size() == settings.maxBatch()) {
        fetchAll();
      }
    }
    fetchAll();
    return fresh.size();
  }

  private void fetchAll() throws InterruptedException {
    while (!reading.isEmpty()) {
      supervised.turn();
      noteOldest();
      fetch();
    }
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.interrupt();
    publisher.close();
  }
}
