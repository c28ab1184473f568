package herald.gateway.feed;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import herald.gateway.logging.Field;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one listening connection alive, on a thread of its own.
 *
 * <p>The connection has to prove itself again and again: a probe notification is sent through it
 * and must come back. The driver's word that the connection is closed, an error, and a probe that
 * is missed are one and the same event: lost. Then it is replaced, with a growing and random pause.
 *
 * <p>The probe carries a point of the database's history. Notifications arrive in commit order, so
 * when a probe has come back, all that was visible at its point has been heard: that point is where
 * a catch-up has to begin.
 */
final class Listener implements FeedSource {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;
  private static final long SLACK_MILLIS = 15_000;

  private final DatabaseUrl url;
  private final @Nullable FeedLoop loop;
  private final FeedSettings settings;
  private final NotificationQueue queue;
  private final Runnable onConnecting;
  private final Runnable onListening;
  private final FeedMeters meters;
  private final IntervalLog losses = new IntervalLog(LOG);
  private final HeardNotifications notifications;
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;
  private final ListenerProof proof;
  private volatile long probesSent;
  private volatile @Nullable FeedPoint lastPoint;
  private volatile String reason = "it has not connected yet";

  /**
   * @param loop serves the connection; null for the driver's own thread
   * @param onConnecting called before each try to connect
   * @param onListening called each time LISTEN has been said on a new connection, before which
   *     notifications may have been lost, and a first probe has come back or was missed
   * @param notifications takes what is heard
   */
  Listener(
      DatabaseUrl url,
      @Nullable FeedLoop loop,
      FeedSettings settings,
      NotificationQueue queue,
      Runnable onConnecting,
      Runnable onListening,
      HeardNotifications notifications,
      FeedMeters meters,
      Supervisor supervisor) {
    this.notifications = notifications;
    this.url = url;
    this.loop = loop;
    this.settings = settings;
    this.queue = queue;
    this.onConnecting = onConnecting;
    this.onListening = onListening;
    this.meters = meters;
    proof = new ListenerProof(meters);
    failures = supervisor.failures();
    supervised = supervisor.thread("herald-listener", longestTurnMillis(url, settings));
    thread =
        new DefaultThreadFactory("herald-listener", true).newThread(supervised.watch(this::run));
  }

  /** From one probe to the next, or one try to connect with the pause behind it. */
  private static long longestTurnMillis(DatabaseUrl url, FeedSettings settings) {
    return (long) settings.connectTimeoutMillis() * url.listenerUrls().size()
        + settings.probeIntervalMillis()
        + 5L * settings.probeTimeoutMillis()
        + 2 * LONGEST_PAUSE_MILLIS
        + SLACK_MILLIS;
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public ListenerState state() {
    return proof.state();
  }

  @Override
  public String reason() {
    return reason;
  }

  @Override
  public long probesSent() {
    return probesSent;
  }

  @Override
  public @Nullable FeedPoint lastPoint() {
    return lastPoint;
  }

  /** Nothing is kept for it: what is notified comes once. */
  @Override
  public void confirm(FeedPoint point) {
    // A catch-up begins where the feed itself has got.
  }

  private void run() {
    long pauseMillis = FIRST_PAUSE_MILLIS;
    try {
      while (proof.become(ListenerState.CONNECTING)) {
        supervised.turn();
        if (listen()) {
          pauseMillis = FIRST_PAUSE_MILLIS;
        }
        proof.become(ListenerState.LOST);
        TimeUnit.MILLISECONDS.sleep(
            pauseMillis / 2 + ThreadLocalRandom.current().nextLong(pauseMillis));
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Listens until the connection is lost; whether it ever was proved. Any failure ends only it. */
  private boolean listen() throws InterruptedException {
    boolean isProved = false;
    boolean wasProved = false;
    try (ListenerConnection connection = connect()) {
      meters.listenerConnected();
      isProved = probe(connection);
      sayThatItIsBack(proof.takeAwayNanos());
      // Also where no notification comes back: then catch-ups alone bring what was committed.
      onListening.run();
      notifications.onListening();
      queue.release();
      while (isProved) {
        wasProved = true;
        proof.awaitLoss(settings.probeIntervalMillis());
        supervised.turn();
        isProved = probe(connection);
      }
      warn("the listener's connection to " + url + " is lost, replacing it");
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      reason = DatabaseRetry.describe(e);
      warn("can't listen on " + url + ": " + reason);
    }
    return wasProved;
  }

  /** Once for each loss, however many tries it has taken. */
  private static void sayThatItIsBack(long awayNanos) {
    if (awayNanos > 0) {
      long awayMillis = TimeUnit.NANOSECONDS.toMillis(awayNanos);
      LOG.info(
          "the listener is back after {} s, what was committed meanwhile is read from the table",
          new Field("away_ms", awayMillis, Double.toString(awayMillis / 1_000.0)));
    }
  }

  /** A connection that ends because the listener is closed is no loss. */
  private void warn(String sentence) {
    if (state() != ListenerState.CLOSED) {
      losses.warn(sentence);
    }
  }

  private ListenerConnection connect() throws SQLException, InterruptedException {
    long number = proof.nextConnection();
    queue.hold();
    lastPoint = null;
    onConnecting.run();
    ListenerConnection connection =
        ListenerConnection.open(
            url,
            settings.connectTimeoutMillis(),
            settings.probeTimeoutMillis(),
            (channel, payload) -> onNotification(number, channel, payload),
            () -> proof.onLost(number),
            notifications.channels());
    connection.serveOn(loop);
    proof.become(ListenerState.UNPROVED);
    return connection;
  }

  /** On the connection's thread, which must not see an exception: it serves others too. */
  private void onNotification(long number, String channel, String payload) {
    failures.run(
        Place.LISTENER,
        () -> notifications.take(channel, payload, point -> onProbe(number, point)));
  }

  private void onProbe(long number, FeedPoint point) {
    proof.onProbeReturned(
        number,
        () -> {
          queue.add(point, System.nanoTime());
          lastPoint = point;
        });
  }

  /** Sends a probe and waits for it; false when the connection has to be taken for lost. */
  private boolean probe(ListenerConnection connection) throws InterruptedException {
    long number = proof.connectionNumber();
    long before = proof.probesReturned();
    long beginNanos = System.nanoTime();
    try {
      probesSent = probesSent + 1;
      connection.execute(notifications.probe(probesSent));
    } catch (SQLException e) {
      reason = DatabaseRetry.describe(e);
      proof.onLost(number);
      return false;
    }
    long deadlineNanos = beginNanos + TimeUnit.MILLISECONDS.toNanos(settings.probeTimeoutMillis());
    String failure = proof.awaitProbe(before, deadlineNanos, connection);
    if (failure != null) {
      reason = failure;
      proof.onLost(number);
      return false;
    }
    meters.probed(System.nanoTime() - beginNanos);
    return proof.prove();
  }

  @Override
  public void close() {
    supervised.mayEnd();
    proof.become(ListenerState.CLOSED);
    thread.interrupt();
  }
}
