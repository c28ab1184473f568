package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.events.Event;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.PushMeters;
import herald.gateway.ops.IntervalLog;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.SQLException;
import java.util.ArrayList;
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
 * is done again until it can: nothing is skipped but what is counted. A row is noted as seen when
 * it has been published, or dropped for a reason that is counted.
 */
final class FetchLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FetchLoop.class);
  private static final long IDLE_WAIT_MILLIS = 1_000;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /** How much more than the overlap is remembered as seen. */
  private static final long SEEN_MARGIN_MILLIS = 60_000;

  private final FeedSettings settings;
  private final long replayMillis;
  private final long fetchIntervalNanos;
  private final NotificationQueue queue;
  private final Listener listener;
  private final RowSource rows;
  private final CatchUp catchUp;
  private final BlastReader blastReader;
  private final BlastExpander blasts;
  private final EventFactory factory;
  private final EventPublisher publisher;
  private final FeedMeters meters;
  private final PushMeters push;
  private final Outcomes outcomes;
  private final IntervalLog errors = new IntervalLog(LOG);
  private final SeenSigs seen;
  private final Thread thread;

  private final HeldBack heldBack = new HeldBack();

  private volatile boolean catchUpWanted;
  private volatile boolean caughtUp;

  /** Reading what was there before this instance was: that is late by nobody's fault. */
  private boolean starting;

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
      EventPublisher publisher,
      Meters meters) {
    this.settings = settings;
    this.replayMillis = replayMillis;
    fetchIntervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.fetchIntervalMillis());
    lastFetchNanos = System.nanoTime() - fetchIntervalNanos;
    this.queue = queue;
    this.listener = listener;
    this.rows = rows;
    this.catchUp = catchUp;
    this.blastReader = blastReader;
    this.blasts = new BlastExpander(blastReader, meters.feed(), queue::wake);
    this.factory = new EventFactory(settings);
    this.publisher = publisher;
    this.meters = meters.feed();
    push = meters.push();
    outcomes = new Outcomes(this.meters);
    seen =
        new SeenSigs(
            TimeUnit.MILLISECONDS.toNanos(settings.overlapMillis() + SEEN_MARGIN_MILLIS),
            System.nanoTime());
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
        publishDoneBlasts();
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
    RowSource.Rows found = untilItWorks(() -> rows.read(signatures));
    meters.fetched(found.logs().size(), found.nanos());
    recordArrival(found.logs(), found.readAtNanos());
    publish(found.logs());
    found.logs().forEach(log -> signatures.remove(log.sig()));
    for (String missing : found.missing()) {
      signatures.remove(missing);
      seen.add(missing, System.nanoTime());
      outcomes.missing(missing);
    }
  }

  private void publish(List<RpcLog> logs) throws InterruptedException {
    long beginNanos = System.nanoTime();
    List<Event> events = new ArrayList<>(logs.size());
    for (RpcLog log : logs) {
      if (heldBack.mustWait(log, blasts.pendingSenders())) {
        heldBack.add(log);
      } else {
        decide(log, events);
      }
    }
    if (!starting && !logs.isEmpty()) {
      push.passed(PushMeters.Stage.ENCODE, System.nanoTime() - beginNanos);
    }
    publisher.publish(events);
    logs.forEach(log -> seen.add(log.sig(), beginNanos));
  }

  private void recordArrival(List<RpcLog> logs, long readAtNanos) {
    if (starting) {
      return;
    }
    for (RpcLog log : logs) {
      push.passed(PushMeters.Stage.NOTIFICATION, log.notificationLagNanos());
      push.passed(PushMeters.Stage.FETCH, readAtNanos - log.receivedAtNanos());
    }
  }

  private void decide(RpcLog log, List<Event> events) throws InterruptedException {
    EventFactory.Decision decision = factory.decide(log);
    if (decision instanceof EventFactory.Decision.Push push) {
      events.add(push.event());
      outcomes.pushed(push.method(), 1);
    } else if (decision instanceof EventFactory.Decision.Blast blast) {
      blasts.begin(blast);
    } else if (decision instanceof EventFactory.Decision.Create create) {
      List<Event> found =
          untilItWorks(() -> blastReader.readInNewChat(create.log(), create.chatId()));
      events.addAll(found);
      if (found.isEmpty()) {
        outcomes.dropped(create.log(), Method.CHAT_CREATE, Outcome.NOT_FOR_ANYBODY);
      } else {
        outcomes.pushed(Method.CHAT_CREATE, found.size());
      }
    } else if (decision instanceof EventFactory.Decision.Nothing nothing) {
      outcomes.dropped(log, nothing.method(), nothing.outcome());
    }
  }

  private void publishDoneBlasts() throws InterruptedException {
    for (BlastExpander.Expansion done = blasts.takeDone(); done != null; done = blasts.takeDone()) {
      List<Event> events = done.events();
      if (events == null) {
        outcomes.dropped(done.log(), Method.CHAT_BLAST, Outcome.UNKNOWN_BLAST);
      } else {
        publisher.publish(events);
        outcomes.pushed(Method.CHAT_BLAST, events.size());
      }
      publish(heldBack.takeAll());
    }
  }

  // ---- Catching up ----

  private void catchUp() throws InterruptedException {
    boolean first = handledUntilMicros == 0;
    if (first) {
      handledUntilMicros = untilItWorks(catchUp::nowMicros);
    }
    long sinceMicros = handledUntilMicros - settings.overlapMillis() * 1_000;
    long pushedSinceMicros = first ? handledUntilMicros - replayMillis * 1_000 : Long.MIN_VALUE;
    starting = first;
    int[] found = {0};
    untilItWorks(
        () -> {
          catchUp.forEachPage(sinceMicros, page -> found[0] += handlePage(page, pushedSinceMicros));
          return found;
        });
    starting = false;
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

  // ---- Trying again ----

  /** A piece of work that needs the database. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws SQLException, InterruptedException;
  }

  private <T> T untilItWorks(Work<T> work) throws InterruptedException {
    long pauseMillis = FIRST_PAUSE_MILLIS;
    while (true) {
      try {
        return work.run();
      } catch (SQLException | RuntimeException e) {
        meters.failed();
        errors.warn("the feed's query failed, trying again: " + e.getMessage());
        TimeUnit.MILLISECONDS.sleep(pauseMillis);
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    blasts.close();
  }
}
