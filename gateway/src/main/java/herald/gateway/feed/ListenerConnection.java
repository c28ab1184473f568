package herald.gateway.feed;

import com.impossibl.postgres.api.jdbc.PGConnection;
import com.impossibl.postgres.api.jdbc.PGNotificationListener;
import com.impossibl.postgres.jdbc.PGDirectConnection;
import com.impossibl.postgres.protocol.RequestExecutor;
import com.impossibl.postgres.protocol.ServerConnection;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.HostPort;
import herald.gateway.config.TargetServer;
import herald.gateway.database.HostFailures;
import herald.gateway.database.ListenerDriver;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * One dedicated connection of pgjdbc-ng to the primary that listens, or asks without waiting.
 *
 * <p>Its thread, on which notifications and answers come, is the one that serves its socket: the
 * driver's, or after {@link #serveOn} that of an event loop. It serves others too, so nothing may
 * block it, and no exception may reach it.
 *
 * <p>The driver holds a connection weakly, so this object is what keeps notifications coming. Its
 * calls may hang for a minute against a mute server whatever time-out is set, so each is a {@link
 * DriverCall}; a thread that hangs is left behind with its connection.
 */
final class ListenerConnection implements AutoCloseable {
  /** Connecting went wrong on this side, or took too long: class 08, connection exceptions. */
  private static final String CANT_CONNECT = "08001";

  private static final String CONNECTION_FAILED = "08006";

  private final HostPort host;
  private final PGConnection connection;
  private final PGNotificationListener callback;
  private final int timeoutMillis;

  private ListenerConnection(
      HostPort host, PGConnection connection, PGNotificationListener callback, int timeoutMillis) {
    this.host = host;
    this.connection = connection;
    this.callback = callback;
    this.timeoutMillis = timeoutMillis;
  }

  /**
   * Connects to the first host of the URL that is the primary, and listens. Whatever goes wrong on
   * the way, no connection is left open.
   *
   * @param connectTimeoutMillis for each host
   * @param queryTimeoutMillis for each statement
   * @param notified gets channel and payload on the connection's thread
   * @param closed called when the driver notices that the connection is gone
   * @throws SQLException with one sentence that says why; of several hosts, of each
   */
  static ListenerConnection open(
      DatabaseUrl url,
      int connectTimeoutMillis,
      int queryTimeoutMillis,
      Notified notified,
      Runnable closed,
      String... channels)
      throws SQLException, InterruptedException {
    return open(
        url,
        ListenerDriver.APPLICATION_NAME,
        connectTimeoutMillis,
        queryTimeoutMillis,
        notified,
        closed,
        channels);
  }

  /**
   * The same under another name.
   *
   * @param applicationName what the server shows in {@code pg_stat_activity}
   */
  static ListenerConnection open(
      DatabaseUrl url,
      String applicationName,
      int connectTimeoutMillis,
      int queryTimeoutMillis,
      Notified notified,
      Runnable closed,
      String... channels)
      throws SQLException, InterruptedException {
    PGNotificationListener callback =
        new PGNotificationListener() {
          @Override
          public void notification(int processId, String channelName, String payload) {
            notified.accept(channelName, payload);
          }

          @Override
          public void closed() {
            closed.run();
          }
        };
    HostFailures failures = new HostFailures();
    for (DatabaseUrl host : url.eachHost()) {
      try {
        ListenerConnection listener =
            connect(host, applicationName, connectTimeoutMillis, queryTimeoutMillis, callback);
        listener.listen(url.target(), callback, channels);
        return listener;
      } catch (SQLException e) {
        failures.add(host, e);
      }
    }
    throw failures.together();
  }

  private static ListenerConnection connect(
      DatabaseUrl host,
      String applicationName,
      int connectTimeoutMillis,
      int queryTimeoutMillis,
      PGNotificationListener callback)
      throws SQLException, InterruptedException {
    PGConnection connection =
        DriverCall.within(
            connectTimeoutMillis,
            CANT_CONNECT,
            () -> ListenerDriver.connect(host, applicationName).unwrap(PGConnection.class),
            ListenerConnection::closeQuietly);
    return new ListenerConnection(host.hosts().get(0), connection, callback, queryTimeoutMillis);
  }

  /** Closes the connection unless all of it succeeds. */
  private void listen(TargetServer target, PGNotificationListener callback, String... channels)
      throws SQLException, InterruptedException {
    boolean isListening = false;
    try {
      execute(roleCheck(target));
      connection.addNotificationListener("herald", ".*", callback);
      for (String channel : channels) {
        execute("listen " + channel);
      }
      isListening = true;
    } finally {
      if (!isListening) {
        close();
      }
    }
  }

  /** A block and not a query: the driver leaks the buffer of a row whose connection dies. */
  private static String roleCheck(TargetServer target) {
    String check =
        "do $$ begin if pg_is_in_recovery() then raise exception using errcode = '25006',"
            + " message = 'the server is a standby; LISTEN needs the primary'; end if;";
    if (target == TargetServer.READ_WRITE) {
      check +=
          " if current_setting('transaction_read_only') = 'on' then"
              + " raise exception using errcode = '25006',"
              + " message = 'the server is read only; target_session_attrs is read-write'; end if;";
    }
    return check + " end $$";
  }

  /** Takes a notification; on the connection's thread. */
  @FunctionalInterface
  interface Notified {
    void accept(String channel, String payload);
  }

  /** Where the connection goes: one of the URL's hosts. */
  HostPort host() {
    return host;
  }

  /** Runs a statement within the time-out. */
  void execute(String sql) throws SQLException, InterruptedException {
    DriverCall.within(
        timeoutMillis,
        CONNECTION_FAILED,
        () -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
          }
        },
        ignored -> {});
  }

  /** Takes requests without waiting for their answers, which come by callback. */
  RequestExecutor executor() throws SQLException {
    return connection.unwrap(PGDirectConnection.class).getRequestExecutor();
  }

  /** The connection's thread. */
  ScheduledExecutorService thread() throws SQLException {
    return ((ServerConnection) executor()).getIOExecutor();
  }

  /**
   * Has this event loop serve the socket from now on, if it can serve such a socket. The connection
   * is closed if that fails.
   *
   * @param loop null to leave it where it is
   */
  void serveOn(@Nullable FeedLoop loop) throws SQLException, InterruptedException {
    if (loop == null) {
      return;
    }
    boolean isServed = false;
    try {
      DriverCall.within(
          timeoutMillis,
          CONNECTION_FAILED,
          () -> DriverSocket.of(executor()).moveTo(loop.loop()),
          ignored -> {});
      isServed = true;
    } finally {
      if (!isServed) {
        close();
      }
    }
  }

  boolean isClosed() {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It is being thrown away.
    }
  }

  /** Closes on another thread: the driver may wait for a server that does not answer. */
  @Override
  public void close() {
    connection.removeNotificationListener(callback);
    Thread thread = new Thread(() -> closeQuietly(connection), "herald-listener-close");
    thread.setDaemon(true);
    thread.start();
  }
}
