package herald.gateway.check;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.TargetServer;
import herald.gateway.database.HostFailures;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the hosts of a URL one after the other, says of several what each of them is, and
 * gives the one that is to be looked at.
 */
final class HostsCheck {
  private final DatabaseUrl url;
  private final int timeoutMillis;

  /**
   * Prepares the check; nothing happens yet.
   *
   * @param timeoutMillis for all hosts
   */
  HostsCheck(DatabaseUrl url, int timeoutMillis) {
    this.url = url.orTarget(TargetServer.PRIMARY);
    this.timeoutMillis = timeoutMillis;
  }

  /** A host and the open connection to it. */
  record Reached(DatabaseUrl host, Connection connection, boolean isWanted) {}

  /**
   * Connects to the first host that is what the gateway looks for, or else to the first that lets
   * it in: what is wrong with it is then found.
   *
   * @throws SQLException when no host lets it in
   */
  Reached choose(Consumer<Finding> findings) throws SQLException {
    HostFailures failures = new HostFailures();
    @Nullable Reached wanted = null;
    @Nullable Reached other = null;
    for (DatabaseUrl host : url.eachHost()) {
      try {
        Reached reached = reach(host, findings);
        if (reached.isWanted() && wanted == null) {
          wanted = reached;
        } else if (other == null) {
          other = reached;
        } else {
          reached.connection().close();
        }
      } catch (SQLException e) {
        failures.add(host, e);
        if (hasSeveral()) {
          findings.accept(
              Finding.warn(
                  "host",
                  host.hosts().get(0)
                      + ": "
                      + Rows.firstLine(e)
                      + " (expected: a PostgreSQL server that lets this role in)"));
        }
      }
    }
    if (wanted == null && other == null) {
      throw failures.together();
    }
    if (wanted != null && other != null) {
      other.connection().close();
    }
    return wanted != null ? wanted : Objects.requireNonNull(other);
  }

  private boolean hasSeveral() {
    return url.hosts().size() > 1;
  }

  private Reached reach(DatabaseUrl host, Consumer<Finding> findings) throws SQLException {
    Connection connection = connect(host);
    try {
      boolean isStandby = ServerCheck.isStandby(connection);
      boolean isReadOnly =
          Rows.one(
              connection,
              row -> row.getBoolean(1),
              "select current_setting('transaction_read_only') = 'on'");
      Optional<String> objection = url.target().objection(isStandby, isReadOnly);
      if (hasSeveral()) {
        findings.accept(
            Finding.ok(
                "host",
                host.hosts().get(0)
                    + " is "
                    + (isStandby ? "a standby" : "a primary")
                    + (objection.isEmpty() ? "" : ", not the server that is looked for")));
      } else if (objection.isPresent() && !isStandby) {
        findings.accept(Finding.fail("host", objection.get()));
      }
      return new Reached(host, connection, objection.isEmpty());
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** A connection to one host. */
  Connection connect(DatabaseUrl host) throws SQLException {
    Properties properties = host.jdbcProperties();
    int shareMillis = timeoutMillis / url.hosts().size();
    properties.setProperty("connectTimeout", seconds(shareMillis));
    properties.setProperty("loginTimeout", seconds(shareMillis));
    properties.setProperty("socketTimeout", seconds(timeoutMillis));
    properties.setProperty("ApplicationName", "herald check");
    // Plain queries leave nothing on the server that a pooler would have to bring back.
    properties.setProperty("preferQueryMode", "simple");
    return DriverManager.getConnection(host.jdbcUrl(), properties);
  }

  private static String seconds(int millis) {
    return Integer.toString(Math.max(1, millis / 1_000));
  }
}
