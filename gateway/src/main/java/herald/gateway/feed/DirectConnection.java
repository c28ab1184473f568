package herald.gateway.feed;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.channels.ClosedChannelException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A connection that reads rows without a thread that waits for them: the answer comes by callback,
 * on the thread that serves the connection. One reading at a time.
 *
 * <p>The driver connects and prepares the statements; then {@link DirectRequest} and {@link
 * DirectWire} take its place.
 */
final class DirectConnection implements AutoCloseable {
  static final String APPLICATION_NAME = "herald feed";

  /** To parse and publish more than that would keep an event loop from its clients for too long. */
  private static final long MOST_BYTES = 1L << 20;

  /**
   * As for the pooled connections, see there. Besides, a bitmap takes longer to make than the few
   * rows of a chat to find.
   */
  private static final String SETTINGS =
      "do $$ begin perform set_config('statement_timeout', '%d', false);"
          + " perform set_config('enable_seqscan', 'off', false);"
          + " perform set_config('enable_bitmapscan', 'off', false);"
          + " perform set_config('jit', 'off', false); end $$";

  private static final String ONE = "herald_fetch_one";
  private static final String MANY = "herald_fetch";
  private static final long MOMENT_MICROS = 50;

  private final ListenerConnection connection;
  private final ScheduledExecutorService thread;
  private final ChannelHandlerContext wire;
  private final Runnable onClosed;
  private final Answers answers = new Answers();

  /** The reading that is under way; null if none is. Whoever takes it out answers it. */
  private final AtomicReference<@Nullable Reading> current = new AtomicReference<>();

  private volatile boolean isClosed;

  /** Gets the answer of a reading, once. */
  interface Answer {
    /**
     * The rows that are there, in the order asked for, without those for which another message has
     * to be looked up.
     */
    void onRows(List<RpcLog> rows, long nanos);

    /** It has come to nothing. */
    void onFailure(Throwable why);
  }

  private record Reading(
      Map<String, Long> receivedAtNanos, long beganNanos, List<RpcLog> rows, Answer answer) {}

  private DirectConnection(ListenerConnection connection, Runnable onClosed) throws SQLException {
    this.connection = connection;
    thread = connection.thread();
    wire = DriverSocket.of(connection.executor()).takeOver(new DirectWire(answers));
    this.onClosed = onClosed;
  }

  /**
   * Connects to the primary and prepares the statements.
   *
   * @param loop serves the connection; null for the driver's own thread
   * @param onClosed called when the connection is gone, or has been closed
   */
  static DirectConnection open(
      DatabaseUrl url, FeedSettings settings, @Nullable FeedLoop loop, Runnable onClosed)
      throws SQLException, InterruptedException {
    AtomicReference<@Nullable DirectConnection> opened = new AtomicReference<>();
    ListenerConnection connection =
        ListenerConnection.open(
            url,
            APPLICATION_NAME,
            settings.connectTimeoutMillis(),
            settings.probeTimeoutMillis(),
            (channel, payload) -> {},
            () -> {
              DirectConnection direct = opened.get();
              if (direct != null) {
                direct.onClosed(new ClosedChannelException());
              }
            });
    connection.serveOn(loop);
    try {
      connection.execute(SETTINGS.formatted(settings.queryTimeoutMillis()));
      int timeoutMillis = settings.probeTimeoutMillis();
      DirectStatement.prepare(connection.executor(), ONE, RpcLogQuery.ONE, timeoutMillis);
      DirectStatement.prepare(connection.executor(), MANY, RpcLogQuery.NUMBERED, timeoutMillis);
      DirectConnection direct = new DirectConnection(connection, onClosed);
      opened.set(direct);
      if (!direct.wire.channel().isActive()) {
        // It has ended before anybody could be told.
        direct.onClosed(new ClosedChannelException());
      }
      return direct;
    } catch (SQLException | InterruptedException | RuntimeException | Error e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Has this done on the connection's thread, once it has handed over all that has come with what
   * it is at. Any thread, never waits.
   *
   * @throws java.util.concurrent.RejectedExecutionException when the thread is being ended
   */
  void execute(Runnable task) {
    thread.execute(task);
  }

  /**
   * The same after a moment, in which the thread serves its sockets.
   *
   * @throws java.util.concurrent.RejectedExecutionException when the thread is being ended
   */
  void executeLater(Runnable task) {
    var unused = thread.schedule(task, MOMENT_MICROS, TimeUnit.MICROSECONDS);
  }

  /**
   * Reads rows. Never waits.
   *
   * @param receivedAtNanos for each signature when its notification came
   * @param maxTextBytes the largest text that is read; a row with a larger one comes without it
   * @param answer gets the rows, without the last ones if all are more than 1 MiB; is called once,
   *     perhaps at once, and perhaps not on this thread
   */
  void read(Map<String, Long> receivedAtNanos, int maxTextBytes, Answer answer) {
    Reading reading = new Reading(receivedAtNanos, System.nanoTime(), new ArrayList<>(1), answer);
    if (!current.compareAndSet(null, reading)) {
      answer.onFailure(new IllegalStateException("a reading is under way"));
      return;
    }
    try {
      send(receivedAtNanos.keySet(), maxTextBytes);
    } catch (RuntimeException | Error e) {
      fail(reading, e);
    }
    if (isClosed) {
      // It may have been too late for the one who closed it to find this reading.
      fail(reading, new ClosedChannelException());
    }
  }

  /**
   * Most readings are of one row, and PostgreSQL has less to do for a statement that knows that.
   */
  private void send(Set<String> signatures, int maxTextBytes) {
    ByteBuf request =
        signatures.size() == 1
            ? DirectRequest.one(wire.alloc(), ONE, signatures.iterator().next(), maxTextBytes)
            : DirectRequest.many(wire.alloc(), MANY, signatures, maxTextBytes);
    var unused =
        wire.writeAndFlush(request)
            .addListener(
                sent -> {
                  if (!sent.isSuccess()) {
                    answers.onFailure(sent.cause());
                  }
                });
  }

  private void fail(Reading reading, Throwable why) {
    if (current.compareAndSet(reading, null)) {
      reading.answer().onFailure(why);
    }
  }

  /** For how long the reading that is under way has been so; 0 if none is. Any thread. */
  long readingNanos() {
    Reading reading = current.get();
    return reading == null ? 0 : System.nanoTime() - reading.beganNanos();
  }

  /** Whether it can be read from. Any thread. */
  boolean isOpen() {
    return !isClosed;
  }

  private void onClosed(Throwable why) {
    isClosed = true;
    Reading reading = current.get();
    if (reading != null) {
      fail(reading, why);
    }
    onClosed.run();
  }

  /** What is under way comes to nothing. Any thread, never waits. */
  @Override
  public void close() {
    close(new ClosedChannelException());
  }

  private void close(Throwable why) {
    onClosed(why);
    connection.close();
  }

  /** What comes belongs to the reading that is under way. The connection's thread. */
  private final class Answers implements DirectWire.Receiver {
    /** Why the server has refused the statement whose answer has not ended; null if it has not. */
    private @Nullable SQLException refusal;

    /** Of the rows of this answer that have come. */
    private long bytes;

    @Override
    public void onRow(ByteBuf row) {
      Reading reading = current.get();
      boolean isTooMuch = bytes > MOST_BYTES;
      bytes += row.readableBytes();
      if (reading != null && !isTooMuch) {
        RpcLog log = DirectRow.of(row, reading.receivedAtNanos());
        if (log != null) {
          reading.rows().add(log);
        }
      }
    }

    /** The connection is free for the next one. */
    @Override
    public void onReady() {
      SQLException why = refusal;
      refusal = null;
      bytes = 0;
      Reading reading = current.getAndSet(null);
      if (reading != null && why != null) {
        reading.answer().onFailure(why);
      } else if (reading != null) {
        reading.answer().onRows(reading.rows(), System.nanoTime() - reading.beganNanos());
      }
    }

    @Override
    public void onRefused(SQLException why) {
      refusal = why;
    }

    @Override
    public void onFailure(Throwable why) {
      close(why);
    }
  }
}
