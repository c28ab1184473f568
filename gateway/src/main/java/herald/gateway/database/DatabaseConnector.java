package herald.gateway.database;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.TargetServer;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes new connections to the first server of a URL that is the wanted one, by PostgreSQL's own
 * JDBC driver. Any thread.
 *
 * <p>The driver could choose among the hosts itself, but it has one deadline for all of them, which
 * a host that has fallen silent would use up, and it takes a primary that is set to read only for a
 * standby. Here each host has a deadline of its own, and one that has just failed is tried last.
 */
final class DatabaseConnector implements DataSource {
  private static final long AVOID_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** As a server would say it that refuses to do what only a primary does. */
  private static final String WRONG_SERVER = "25006";

  private final List<DatabaseUrl> hosts;
  private final TargetServer target;
  private final Opener opener;
  private final int connectTimeoutMillis;
  private final LongSupplier clockNanos;
  private final Map<DatabaseUrl, Long> failedAtNanos = new ConcurrentHashMap<>();

  /**
   * Connects to nothing yet.
   *
   * @param properties for the driver, besides those of the URL
   * @param connectTimeoutMillis for each host
   */
  DatabaseConnector(DatabaseUrl url, Properties properties, int connectTimeoutMillis) {
    this(
        url,
        byDriver(url, properties, connectTimeoutMillis),
        connectTimeoutMillis,
        System::nanoTime);
  }

  DatabaseConnector(
      DatabaseUrl url, Opener opener, int connectTimeoutMillis, LongSupplier clockNanos) {
    hosts = url.eachHost();
    target = url.target();
    this.opener = opener;
    this.connectTimeoutMillis = connectTimeoutMillis;
    this.clockNanos = clockNanos;
  }

  /** Opens a connection to one host. */
  @FunctionalInterface
  interface Opener {
    Connection open(DatabaseUrl host) throws SQLException;
  }

  static Opener byDriver(DatabaseUrl url, Properties properties, int connectTimeoutMillis) {
    String seconds = Integer.toString(Math.max(1, connectTimeoutMillis / 1_000));
    return host -> {
      // Anew for each connection: the password may have changed.
      Properties all = url.jdbcProperties();
      all.putAll(properties);
      all.setProperty("connectTimeout", seconds);
      all.setProperty("loginTimeout", seconds);
      return DriverManager.getConnection(host.jdbcUrl(), all);
    };
  }

  @Override
  public Connection getConnection() throws SQLException {
    HostFailures failures = new HostFailures();
    @Nullable Connection secondChoice = null;
    for (DatabaseUrl host : inOrder()) {
      try {
        Connection connection = opener.open(host);
        Optional<String> objection = objection(connection);
        if (objection.isEmpty()) {
          failedAtNanos.remove(host);
          close(secondChoice);
          return connection;
        }
        if (target == TargetServer.PREFER_STANDBY && secondChoice == null) {
          secondChoice = connection;
        } else {
          close(connection);
        }
        failures.add(host, new SQLException(objection.get(), WRONG_SERVER));
      } catch (SQLException e) {
        failedAtNanos.put(host, clockNanos.getAsLong());
        failures.add(host, e);
      }
    }
    if (secondChoice != null) {
      return secondChoice;
    }
    throw failures.together();
  }

  private List<DatabaseUrl> inOrder() {
    long now = clockNanos.getAsLong();
    List<DatabaseUrl> sound = new ArrayList<>();
    List<DatabaseUrl> suspect = new ArrayList<>();
    for (DatabaseUrl host : hosts) {
      Long failedAt = failedAtNanos.get(host);
      (failedAt != null && now - failedAt < AVOID_NANOS ? suspect : sound).add(host);
    }
    sound.addAll(suspect);
    return sound;
  }

  private Optional<String> objection(Connection connection) throws SQLException {
    if (target == TargetServer.ANY) {
      return Optional.empty();
    }
    boolean isAnswered = false;
    try (Statement statement = connection.createStatement()) {
      int usualTimeoutMillis = connection.getNetworkTimeout();
      connection.setNetworkTimeout(Runnable::run, Math.max(1_000, connectTimeoutMillis));
      try (ResultSet row =
          statement.executeQuery(
              "select pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'")) {
        row.next();
        Optional<String> objection = target.objection(row.getBoolean(1), row.getBoolean(2));
        connection.setNetworkTimeout(Runnable::run, usualTimeoutMillis);
        isAnswered = true;
        return objection;
      }
    } finally {
      if (!isAnswered) {
        close(connection);
      }
    }
  }

  private static void close(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // It is being thrown away.
      }
    }
  }

  /** Not supported: the URL says who connects. */
  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is the one of the URL");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    // Nothing is written.
  }

  /** The time-out of the constructor stays. */
  @Override
  public void setLoginTimeout(int seconds) {
    // The pool's wish concerns whoever waits for a connection.
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("nothing is logged");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException("nothing is wrapped");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
