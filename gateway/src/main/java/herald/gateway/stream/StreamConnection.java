package herald.gateway.stream;

import herald.gateway.config.StreamSettings;
import herald.gateway.logging.Field;
import herald.gateway.logging.IntervalLog;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.ReadListener;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the stream engine, which is made anew for as long as it takes.
 *
 * <p>The client library connects again by itself after a loss, and keeps its subscriptions; but the
 * first connection, and one whose credentials were refused, it gives up. So a thread of its own
 * looks whether there is a connection that the library still keeps, and makes one if there is not.
 */
public final class StreamConnection implements AutoCloseable, ConnectionListener, ReadListener {
  /** How long connecting to one server, or a request, may take. */
  public static final long TIMEOUT_MILLIS = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(StreamConnection.class);
  private static final long LOOK_MILLIS = 250;
  private static final long LONGEST_CONNECT_MILLIS = 120_000;

  private final StreamSettings settings;
  private final ClientOptions options;
  private final LongSupplier nanoClock;
  private final IntervalLog errors = new IntervalLog(LOG);
  private final SupervisedThread supervised;
  private final Thread thread;
  private final AtomicLong generation = new AtomicLong();

  private volatile @Nullable Connection connection;
  private volatile long heardAtNanos;
  private volatile String reason = "it has not been connected to yet";
  private volatile boolean isClosing;

  /** Whether the loss of the connection has been said: what comes then says more. */
  private volatile boolean isLossSaid;

  /**
   * Connects to nothing yet.
   *
   * @param clientName what the engine's own tools call this connection
   * @throws IllegalArgumentException with one sentence, when the settings can't be used
   */
  public StreamConnection(
      StreamSettings settings, String clientName, Supervisor supervisor, LongSupplier nanoClock) {
    settings.requireUsable();
    this.settings = settings;
    this.nanoClock = nanoClock;
    options = new ClientOptions(settings, clientName, this::onError);
    supervised = supervisor.thread("herald-stream-connect", LONGEST_CONNECT_MILLIS);
    thread =
        new DefaultThreadFactory("herald-stream-connect", true)
            .newThread(supervised.watch(this::run));
  }

  /** Begins to connect. */
  public void start() {
    thread.start();
  }

  /** The settings. */
  public StreamSettings settings() {
    return settings;
  }

  /** The connection if it is connected, else null. Any thread. */
  public @Nullable Connection connected() {
    Connection now = connection;
    return now != null && now.getStatus() == Connection.Status.CONNECTED ? now : null;
  }

  /** How often it has been connected: another number is another connection. Any thread. */
  public long generation() {
    return generation.get();
  }

  /**
   * For how long nothing has come from the engine, which answers a ping each second. Any thread.
   */
  public long silentNanos() {
    return Math.max(0, nanoClock.getAsLong() - heardAtNanos);
  }

  /** Why the engine can't be used, in a sentence; null if it answers. Any thread. */
  public @Nullable String problem() {
    if (connected() == null) {
      return "the stream engine is not connected: " + reason;
    }
    return silentNanos() > TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS)
        ? "the stream engine does not answer"
        : null;
  }

  private void run() {
    while (!isClosing) {
      supervised.turn();
      Connection now = connection;
      if (now == null || now.getStatus() == Connection.Status.CLOSED) {
        connect();
      }
      supervised.idle();
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void connect() {
    try {
      heardAtNanos = nanoClock.getAsLong();
      Connection made = Nats.connect(options.build(this, this));
      connection = made;
      if (isClosing) {
        made.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      onError(StreamApi.sentence(e));
    }
  }

  private void onError(String what) {
    reason = what;
    if (!isClosing) {
      errors.warn("the stream engine " + settings + ": " + what);
    }
  }

  // ---- From the client library ----

  /** The library's thread. */
  @Override
  @Deprecated
  public void connectionEvent(Connection changed, Events event) {
    if (event == Events.CONNECTED || event == Events.RECONNECTED) {
      heardAtNanos = nanoClock.getAsLong();
      isLossSaid = false;
      generation.incrementAndGet();
      LOG.info(
          "connected to the stream engine {}",
          Field.of("stream", String.valueOf(changed.getConnectedUrl())));
    } else if (event == Events.DISCONNECTED && !isClosing && !isLossSaid) {
      isLossSaid = true;
      onError("the connection is lost");
    }
  }

  /** The library's thread. */
  @Override
  public void protocol(String operation, String text) {
    heardAtNanos = nanoClock.getAsLong();
  }

  /** The library's thread. */
  @Override
  public void message(String operation, Message message) {
    heardAtNanos = nanoClock.getAsLong();
  }

  @Override
  public void close() {
    supervised.mayEnd();
    isClosing = true;
    thread.interrupt();
    Connection now = connection;
    if (now != null) {
      try {
        now.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
