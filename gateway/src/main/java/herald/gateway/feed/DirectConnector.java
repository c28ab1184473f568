package herald.gateway.feed;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import herald.gateway.logging.IntervalLog;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one {@link DirectConnection} open while the listener listens, on a thread of its own.
 * Without it, the fetch thread reads.
 */
final class DirectConnector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectConnector.class);

  /** From one try to the next, and from one connection to the next. */
  private static final long PAUSE_MILLIS = 5_000;

  private static final long SLACK_MILLIS = 30_000;

  private final DatabaseUrl url;
  private final FeedSettings settings;
  private final boolean isUsed;
  private final @Nullable FeedLoop loop;
  private final IntervalLog failures = new IntervalLog(LOG);
  private final SupervisedThread supervised;
  private final Thread thread;

  /** Given for each change of what is wanted, and of what there is. */
  private final Semaphore changes = new Semaphore(0);

  private final AtomicReference<@Nullable DirectConnection> connection = new AtomicReference<>();

  /** How many connections of the listener have begun. */
  private final AtomicLong listeners = new AtomicLong();

  private volatile boolean isWanted;
  private volatile boolean isClosed;

  /**
   * @param isUsed whether rows are read directly at all
   * @param loop serves the connection; null for the driver's own thread
   */
  DirectConnector(
      DatabaseUrl url,
      FeedSettings settings,
      boolean isUsed,
      @Nullable FeedLoop loop,
      Supervisor supervisor) {
    this.url = url;
    this.isUsed = isUsed;
    this.loop = loop;
    this.settings = settings;
    supervised =
        supervisor.thread(
            "herald-direct-connector",
            (long) settings.connectTimeoutMillis() * url.listenerUrls().size()
                + 6L * settings.probeTimeoutMillis()
                + PAUSE_MILLIS
                + SLACK_MILLIS);
    thread =
        new DefaultThreadFactory("herald-direct-connector", true)
            .newThread(supervised.watch(this::run));
  }

  void start() {
    if (isUsed) {
      thread.start();
    }
  }

  /** What to read from; null if there is none. Any thread. */
  @Nullable DirectConnection connection() {
    DirectConnection current = connection.get();
    return current != null && current.isOpen() ? current : null;
  }

  /** The listener's connection is replaced, perhaps by one to another server. Any thread. */
  void onListenerConnecting() {
    isWanted = false;
    listeners.incrementAndGet();
    closeCurrent();
  }

  /** The listener listens. Any thread. */
  void onListening() {
    isWanted = true;
    changes.release();
  }

  private void run() {
    long nextNanos = System.nanoTime();
    try {
      while (!isClosed) {
        supervised.idle();
        changes.acquire();
        changes.drainPermits();
        supervised.turn();
        if (isWanted && connection() == null) {
          TimeUnit.NANOSECONDS.sleep(nextNanos - System.nanoTime());
          if (!hasConnected()) {
            changes.release();
          }
          nextNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    } finally {
      closeCurrent();
    }
  }

  private boolean hasConnected() throws InterruptedException {
    long listener = listeners.get();
    try {
      connection.set(DirectConnection.open(url, settings, loop, changes::release));
      if (!isWanted || listeners.get() != listener) {
        // The listener's next connection may go to another server.
        closeCurrent();
      }
      return true;
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      failures.warn(
          "can't open the connection for direct reading on "
              + url
              + ", the fetch thread reads meanwhile: "
              + DatabaseRetry.describe(e));
      return false;
    }
  }

  private void closeCurrent() {
    DirectConnection current = connection.getAndSet(null);
    if (current != null) {
      current.close();
    }
  }

  @Override
  public void close() {
    isClosed = true;
    supervised.mayEnd();
    thread.interrupt();
  }
}
