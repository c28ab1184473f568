package herald.gateway.feed;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.ops.IntervalLog;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one listening connection alive, on a thread of its own.
 *
 * <p>The connection has to prove itself again and again: a probe notification is sent through it
 * and must come back. The driver's word that the connection is closed, an error, and a probe that
 * is missed are one and the same event: lost. Then it is replaced, with a growing and random pause.
 *
 * <p>The probe carries the database's clock. Notifications arrive in commit order, so when a probe
 * has come back, all that was committed before its moment has been heard: that moment is where a
 * catch-up has to begin.
 */
final class Listener implements AutoCloseable {
  static final String CHANNEL = "rpc_log_inserted";

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  private final DatabaseUrl url;
  private final FeedSettings settings;
  private final NotificationQueue queue;
  private final Runnable onListening;
  private final FeedMeters meters;
  private final IntervalLog losses = new IntervalLog(LOG);
  private final String probeChannel =
      "herald_probe_" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final Thread thread;

  /** Guarded by this. */
  private ListenerState state = ListenerState.LOST;

  /** Guarded by this: counts the connections, so that a late word of an old one is told apart. */
  private long connectionNumber;

  /** Guarded by this. */
  private long probesReturned;

  private volatile long heardUntilMicros;

  /**
   * @param onListening called each time LISTEN has been said on a new connection, before which
   *     notifications may have been lost
   */
  Listener(
      DatabaseUrl url,
      FeedSettings settings,
      NotificationQueue queue,
      Runnable onListening,
      FeedMeters meters) {
    this.url = url;
    this.settings = settings;
    this.queue = queue;
    this.onListening = onListening;
    this.meters = meters;
    thread = new DefaultThreadFactory("herald-listener", true).newThread(this::run);
  }

  void start() {
    thread.start();
  }

  /** Whether a probe has come back and nothing has been wrong since. */
  synchronized boolean isProved() {
    return state == ListenerState.PROVED;
  }

  synchronized ListenerState state() {
    return state;
  }

  /**
   * All that was committed before this moment of the database's clock has been heard; 0 if none.
   */
  long heardUntilMicros() {
    return heardUntilMicros;
  }

  private void run() {
    long pauseMillis = FIRST_PAUSE_MILLIS;
    try {
      while (become(ListenerState.CONNECTING)) {
        try (ListenerConnection connection = connect()) {
          meters.listenerConnected();
          onListening.run();
          queue.release();
          while (probe(connection)) {
            pauseMillis = FIRST_PAUSE_MILLIS;
            awaitLoss(settings.probeIntervalMillis());
          }
          losses.warn("the listener's connection to " + url + " is lost, replacing it");
        } catch (SQLException e) {
          losses.warn("can't listen on " + url + ": " + e.getMessage());
        }
        become(ListenerState.LOST);
        TimeUnit.MILLISECONDS.sleep(
            pauseMillis / 2 + ThreadLocalRandom.current().nextLong(pauseMillis));
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private ListenerConnection connect() throws SQLException, InterruptedException {
    long number;
    synchronized (this) {
      number = ++connectionNumber;
    }
    queue.hold();
    ListenerConnection connection =
        ListenerConnection.open(
            url,
            settings.connectTimeoutMillis(),
            settings.probeTimeoutMillis(),
            (channel, payload) -> notified(number, channel, payload),
            () -> lost(number),
            CHANNEL,
            probeChannel);
    become(ListenerState.UNPROVED);
    return connection;
  }

  /** On the driver's thread. */
  private void notified(long number, String channel, String payload) {
    if (channel.equals(CHANNEL)) {
      queue.add(payload, System.nanoTime());
      meters.notificationReceived();
    } else if (channel.equals(probeChannel)) {
      probeReturned(number, payload);
    }
  }

  private synchronized void probeReturned(long number, String payload) {
    if (number == connectionNumber) {
      heardUntilMicros = Math.max(heardUntilMicros, Long.parseLong(payload));
      probesReturned++;
      notifyAll();
    }
  }

  /** On the driver's thread, or another that has noticed. */
  private synchronized void lost(long number) {
    if (number == connectionNumber && state.mayBecome(ListenerState.LOST)) {
      state = ListenerState.LOST;
      meters.listenerLost();
      notifyAll();
    }
  }

  /** Sends a probe and waits for it; false when the connection has to be taken for lost. */
  private boolean probe(ListenerConnection connection) throws InterruptedException {
    long number;
    long before;
    synchronized (this) {
      number = connectionNumber;
      before = probesReturned;
    }
    long beginNanos = System.nanoTime();
    try {
      // A block and not a query: the driver leaks the buffer of a row whose connection dies.
      connection.execute(
          "do $$ begin perform pg_notify('"
              + probeChannel
              + "', (extract(epoch from clock_timestamp()) * 1000000)::bigint::text); end $$");
    } catch (SQLException e) {
      lost(number);
      return false;
    }
    long deadlineNanos = beginNanos + TimeUnit.MILLISECONDS.toNanos(settings.probeTimeoutMillis());
    synchronized (this) {
      while (probesReturned == before && state != ListenerState.LOST) {
        long leftNanos = deadlineNanos - System.nanoTime();
        if (leftNanos <= 0 || connection.isClosed()) {
          lost(number);
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
      }
      meters.probed(System.nanoTime() - beginNanos);
      return state == ListenerState.PROVED || become(ListenerState.PROVED);
    }
  }

  private synchronized void awaitLoss(long millis) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (state == ListenerState.PROVED) {
      long leftNanos = deadlineNanos - System.nanoTime();
      if (leftNanos <= 0) {
        return;
      }
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
  }

  private synchronized boolean become(ListenerState next) {
    if (!state.mayBecome(next)) {
      return false;
    }
    if (next == ListenerState.LOST) {
      meters.listenerLost();
    }
    state = next;
    notifyAll();
    return true;
  }

  @Override
  public void close() {
    become(ListenerState.CLOSED);
    thread.interrupt();
  }
}
