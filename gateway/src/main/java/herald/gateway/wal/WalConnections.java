package herald.gateway.wal;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.database.HostFailures;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Opens unpooled connections by PostgreSQL's own JDBC driver, to one host each. */
final class WalConnections {
  /** As the server says it of what only a primary does. */
  private static final String WRONG_SERVER = "25006";

  private WalConnections() {}

  /** An ordinary connection to the first host of the URL that is the primary. */
  static Connection toPrimary(DatabaseUrl url, int timeoutMillis) throws SQLException {
    HostFailures failures = new HostFailures();
    for (DatabaseUrl host : url.eachHost()) {
      try {
        return ordinary(host, timeoutMillis);
      } catch (SQLException e) {
        failures.add(host, e);
      }
    }
    throw failures.together();
  }

  /**
   * An ordinary connection to this host.
   *
   * @param timeoutMillis for connecting, and for each answer
   * @throws SQLException also if the server is a standby
   */
  static Connection ordinary(DatabaseUrl host, int timeoutMillis) throws SQLException {
    Properties properties = new Properties();
    // Where commits wait for a standby, a probe must not.
    properties.setProperty("options", "-c synchronous_commit=local");
    Connection connection = open(host, timeoutMillis, properties);
    try {
      connection.setNetworkTimeout(Runnable::run, timeoutMillis);
      requirePrimary(connection);
      return connection;
    } catch (SQLException | RuntimeException e) {
      try (connection) {
        throw e;
      }
    }
  }

  private static void requirePrimary(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_is_in_recovery()")) {
      if (!row.next() || row.getBoolean(1)) {
        throw new SQLException(
            "the server is a standby (expected: the primary, which has the slot)", WRONG_SERVER);
      }
    }
  }

  /**
   * A connection to this host that can read a slot.
   *
   * @param senderTimeoutMillis after so long without a word of this side the server lets the slot
   *     go
   */
  static Connection replication(DatabaseUrl host, int timeoutMillis, int senderTimeoutMillis)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("replication", "database");
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("assumeMinServerVersion", "15");
    properties.setProperty("options", "-c wal_sender_timeout=" + senderTimeoutMillis);
    return open(host, timeoutMillis, properties);
  }

  private static Connection open(DatabaseUrl host, int timeoutMillis, Properties more)
      throws SQLException {
    Properties properties = host.jdbcProperties();
    String seconds = Integer.toString(Math.max(1, timeoutMillis / 1_000));
    properties.setProperty("connectTimeout", seconds);
    properties.setProperty("loginTimeout", seconds);
    properties.setProperty("ApplicationName", "herald log reader");
    properties.setProperty("logServerErrorDetail", "false");
    properties.setProperty("tcpKeepAlive", "true");
    properties.putAll(more);
    return DriverManager.getConnection(host.jdbcUrl(), properties);
  }
}
