package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.metrics.Meters;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed's own thread: from waiting notifications to published events, in commit order.
 *
 * <p>All that waits is fetched in one round trip. What can't be done because the database is away
 * is done again until it can: nothing is skipped but what is counted.
 */
final class FetchLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FetchLoop.class);
  private static final long IDLE_WAIT_MILLIS = 1_000;

  /** How much more than the overlap is remembered as seen. */
  private static final long SEEN_MARGIN_MILLIS = 60_000;

  private final FeedSettings settings;
  private final long replayMillis;
  private final long fetchIntervalNanos;
  private final NotificationQueue queue;
  private final Listener listener;
  private final RowSource rows;
  private final CatchUp catchUp;
  private final RowPublisher publisher;
  private final FeedMeters meters;
  private final Outcomes outcomes;
  private final SeenSigs seen;
  private final Retry retry;
  private final Thread thread;

  private volatile boolean catchUpWanted;
  private volatile boolean caughtUp;

  private long lastFetchNanos;
  private String lastAdded = "";

  /** Null when all that was taken has been handled. */
  private @Nullable Heard heard;

  /** All that was committed before this moment of the database's clock has been handled. */
  private long handledUntilMicros;

  /**
   * How far has been heard, and taken to be read.
   *
   * @param last what was taken last; when it has been handled, all has
   */
  private record Heard(long untilMicros, String last) {}

  FetchLoop(
      FeedSettings settings,
      long replayMillis,
      NotificationQueue queue,
      Listener listener,
      RowSource rows,
      CatchUp catchUp,
      BlastReader blastReader,
      EventPublisher eventPublisher,
      Meters meters) {
    this.settings = settings;
    this.replayMillis = replayMillis;
    fetchIntervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.fetchIntervalMillis());
    lastFetchNanos = System.nanoTime() - fetchIntervalNanos;
    this.queue = queue;
    this.listener = listener;
    this.rows = rows;
    this.catchUp = catchUp;
    this.meters = meters.feed();
    outcomes = new Outcomes(this.meters);
    seen =
        new SeenSigs(
            TimeUnit.MILLISECONDS.toNanos(settings.overlapMillis() + SEEN_MARGIN_MILLIS),
            System.nanoTime());
    retry = new Retry(this.meters, LOG);
    publisher =
        new RowPublisher(
            settings, blastReader, eventPublisher, seen, outcomes, retry, meters, queue::wake);
    thread = new DefaultThreadFactory("herald-fetch", true).newThread(this::run);
  }

  void start() {
    thread.start();
  }

  /** Has the table read: notifications may have been missed. Any thread. */
  void wantCatchUp() {
    catchUpWanted = true;
    queue.wake();
  }

  /** Whether all that was committed before the listener listened has been published. */
  boolean isCaughtUp() {
    return caughtUp && !catchUpWanted;
  }

  private void run() {
    Map<String, Long> reading = new LinkedHashMap<>();
    try {
      while (true) {
        if (reading.isEmpty()) {
          awaitFetchInterval();
        }
        // Read first: the listener says its wish for a catch-up before it hears on.
        long heardUntilMicros = listener.heardUntilMicros();
        List<NotificationQueue.Notification> batch =
            queue.take(
                settings.maxBatch() - reading.size(), reading.isEmpty() ? IDLE_WAIT_MILLIS : 0);
        boolean tookAll = queue.size() == 0;
        if (queue.takeOverflow()) {
          LOG.warn("more notifications wait than fit in memory, reading the table instead");
          catchUpWanted = true;
        }
        // Looked at after taking: what a new connection hears comes behind what was missed.
        if (catchUpWanted) {
          handleAll(reading);
          caughtUp = false;
          catchUpWanted = false;
          catchUp();
          caughtUp = true;
        }
        publisher.publishDoneBlasts();
        add(batch, reading);
        if (tookAll && !catchUpWanted && heard == null) {
          heard = new Heard(heardUntilMicros, lastAdded);
        }
        if (!reading.isEmpty()) {
          handle(reading);
        }
        if (heard != null && !reading.containsKey(heard.last())) {
          handledUntilMicros = Math.max(handledUntilMicros, heard.untilMicros());
          heard = null;
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Lets a moment pass since the last fetch, in which more may come that shares the next one. */
  private void awaitFetchInterval() {
    long leftNanos = lastFetchNanos + fetchIntervalNanos - System.nanoTime();
    while (leftNanos > 0 && queue.size() < settings.maxBatch() && !thread.isInterrupted()) {
      LockSupport.parkNanos(this, leftNanos);
      leftNanos = lastFetchNanos + fetchIntervalNanos - System.nanoTime();
    }
  }

  /** Adds what is new of a batch to what is being read. */
  private void add(List<NotificationQueue.Notification> batch, Map<String, Long> reading) {
    for (NotificationQueue.Notification notification : batch) {
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
  }

  /** Fetches and publishes rows by their signatures, none of which has been seen. */
  private void handleAll(Map<String, Long> signatures) throws InterruptedException {
    while (!signatures.isEmpty()) {
      handle(signatures);
    }
  }

  /** The same with the first of these, which are then taken out. */
  private void handle(Map<String, Long> signatures) throws InterruptedException {
    lastFetchNanos = System.nanoTime();
    RowSource.Rows found = retry.untilItWorks(() -> rows.read(signatures));
    meters.fetched(found.logs().size(), found.nanos());
    publisher.publish(found.logs(), found.readAtNanos());
    found.logs().forEach(log -> signatures.remove(log.sig()));
    for (String missing : found.missing()) {
      signatures.remove(missing);
      seen.add(missing, System.nanoTime());
      outcomes.missing(missing);
    }
  }

  // ---- Catching up ----

  private void catchUp() throws InterruptedException {
    boolean first = handledUntilMicros == 0;
    if (first) {
      handledUntilMicros = retry.untilItWorks(catchUp::nowMicros);
    }
    long sinceMicros = handledUntilMicros - settings.overlapMillis() * 1_000;
    long pushedSinceMicros = first ? handledUntilMicros - replayMillis * 1_000 : Long.MIN_VALUE;
    // What was there before this instance was is late by nobody's fault.
    publisher.setTimed(!first);
    int[] found = {0};
    retry.untilItWorks(
        () -> {
          catchUp.forEachPage(sinceMicros, page -> found[0] += handlePage(page, pushedSinceMicros));
          return found;
        });
    publisher.setTimed(true);
    meters.caughtUp(found[0]);
    if (found[0] > 0) {
      LOG.info("caught up with {} rpc logs that no notification had told of", found[0]);
    }
  }

  /** Publishes the rows of a page that are new; what is older than the replay is only noted. */
  private int handlePage(List<CatchUp.Row> page, long pushedSinceMicros)
      throws InterruptedException {
    long nowNanos = System.nanoTime();
    Map<String, Long> signatures = new LinkedHashMap<>();
    int found = 0;
    for (CatchUp.Row row : page) {
      if (seen.contains(row.sig())) {
        continue;
      }
      if (row.appliedAtMicros() < pushedSinceMicros) {
        seen.add(row.sig(), nowNanos);
        continue;
      }
      signatures.put(row.sig(), nowNanos);
      found++;
      if (signatures.size() == settings.maxBatch()) {
        handleAll(signatures);
        signatures = new LinkedHashMap<>();
      }
    }
    handleAll(signatures);
    return found;
  }

  @Override
  public void close() {
    thread.interrupt();
    publisher.close();
  }
}
