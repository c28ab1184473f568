package herald.gateway.feed;

import com.impossibl.postgres.api.jdbc.PGConnection;
import com.impossibl.postgres.api.jdbc.PGNotificationListener;
import herald.gateway.config.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One dedicated connection of pgjdbc-ng that listens, and nothing else.
 *
 * <p>The driver holds a connection weakly, so this object is what keeps notifications coming. Its
 * calls may hang for a minute against a mute server whatever time-out is set, so each is made on a
 * thread of its own under a deadline; a thread that hangs is left behind with its connection.
 */
final class ListenerConnection implements AutoCloseable {
  private final PGConnection connection;
  private final PGNotificationListener callback;
  private final int timeoutMillis;

  private ListenerConnection(
      PGConnection connection, PGNotificationListener callback, int timeoutMillis) {
    this.connection = connection;
    this.callback = callback;
    this.timeoutMillis = timeoutMillis;
  }

  /**
   * Connects and listens.
   *
   * @param notified gets channel and payload on the driver's thread, which it must not block
   * @param closed called when the driver notices that the connection is gone
   */
  static ListenerConnection open(
      DatabaseUrl url,
      int connectTimeoutMillis,
      int queryTimeoutMillis,
      Notified notified,
      Runnable closed,
      String... channels)
      throws SQLException, InterruptedException {
    Connection plain =
        within(
            connectTimeoutMillis,
            () -> DriverManager.getConnection(url.listenerUrl(), url.listenerProperties()),
            ListenerConnection::closeQuietly);
    PGConnection connection = plain.unwrap(PGConnection.class);
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
    connection.addNotificationListener("herald", ".*", callback);
    ListenerConnection listener = new ListenerConnection(connection, callback, queryTimeoutMillis);
    for (String channel : channels) {
      listener.execute("listen " + channel);
    }
    return listener;
  }

  /** Takes a notification; on the driver's thread. */
  @FunctionalInterface
  interface Notified {
    void accept(String channel, String payload);
  }

  /** Runs a statement within the time-out. */
  void execute(String sql) throws SQLException, InterruptedException {
    within(
        timeoutMillis,
        () -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
          }
        },
        ignored -> {});
  }

  /** A call of the driver. */
  @FunctionalInterface
  private interface Call<T> {
    T run() throws SQLException;
  }

  private static <T> T within(int timeoutMillis, Call<T> call, Consumer<T> tooLate)
      throws SQLException, InterruptedException {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                T value = call.run();
                if (!result.complete(value)) {
                  tooLate.accept(value);
                }
              } catch (SQLException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            },
            "herald-listener-call");
    thread.setDaemon(true);
    thread.start();
    try {
      return result.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      result.completeExceptionally(e);
      throw new SQLException("no answer within " + timeoutMillis + " ms", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof SQLException sql
          ? sql
          : new SQLException(String.valueOf(e.getCause()), e.getCause());
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
