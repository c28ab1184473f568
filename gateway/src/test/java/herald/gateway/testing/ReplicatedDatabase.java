package herald.gateway.testing;

import herald.demo.postgres.EmbeddedDatabase;
import herald.demo.postgres.StandbyDatabase;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A primary with Herald's schema and a hot standby that follows it, two servers of a test's own:
 * for fail-overs, replicas that lag, and servers that are the wrong one.
 *
 * <p>"Primary" and "standby" are what the two servers are at first. After {@link #promote} both
 * take writes, as when a primary that was given up goes on; after {@link #failOver} they have
 * changed roles.
 */
public final class ReplicatedDatabase implements AutoCloseable {
  private static final long WAIT_SECONDS = 30;

  private final EmbeddedDatabase primary;
  private final StandbyDatabase standby;
  private @Nullable StandbyDatabase returned;

  private ReplicatedDatabase(EmbeddedDatabase primary, StandbyDatabase standby) {
    this.primary = primary;
    this.standby = standby;
  }

  /** Starts both; about five seconds. */
  public static ReplicatedDatabase start() throws IOException, SQLException {
    return start(Map.of());
  }

  /** Starts both with these server settings. */
  public static ReplicatedDatabase start(Map<String, String> settings)
      throws IOException, SQLException {
    EmbeddedDatabase primary = EmbeddedDatabase.start(settings, line -> {});
    try {
      return new ReplicatedDatabase(primary, StandbyDatabase.of(primary.url()));
    } catch (IOException | SQLException | RuntimeException e) {
      try (primary) {
        throw e;
      }
    }
  }

  /** The server that is the primary at first. */
  public EmbeddedDatabase primary() {
    return primary;
  }

  /** The server that is the standby at first. */
  public StandbyDatabase standby() {
    return standby;
  }

  /**
   * A URL for both servers, with the superuser's name and password.
   *
   * @param first the port that is named first
   * @param second the other port
   * @param parameters what follows the question mark, or nothing
   */
  public String url(int first, int second, String parameters) {
    return primary
            .url()
            .replace(":" + primary.port() + "/", ":" + first + ",127.0.0.1:" + second + "/")
        + (parameters.isEmpty() ? "" : "?" + parameters);
  }

  /** A URL like the primary's with another port: that of a proxy. */
  public String urlAt(int port) {
    return primary.url().replace(":" + primary.port() + "/", ":" + port + "/");
  }

  /** The standby keeps receiving, and shows nothing of it. */
  public void pauseReplay() throws SQLException, InterruptedException {
    query(standby.dataSource(), "select pg_wal_replay_pause()");
    Eventually.holds(
        "replay is paused",
        WAIT_SECONDS,
        () ->
            queryNow(standby.dataSource(), "select pg_get_wal_replay_pause_state()")
                .equals("paused"));
  }

  /** The standby goes on, with what has waited first. */
  public void resumeReplay() throws SQLException {
    query(standby.dataSource(), "select pg_wal_replay_resume()");
  }

  /** Waits until the standby shows all that has been committed on the primary by now. */
  public void awaitReplay() throws SQLException, InterruptedException {
    String committed = query(primary.dataSource(), "select pg_current_wal_flush_lsn()");
    Eventually.holds(
        "the standby has replayed " + committed,
        WAIT_SECONDS,
        () ->
            queryNow(
                    standby.dataSource(),
                    "select pg_last_wal_replay_lsn() >= '" + committed + "'::pg_lsn")
                .equals("t"));
  }

  /**
   * Makes the standby a primary, on a new timeline; the old primary goes on, and nobody follows.
   */
  public void promote() throws SQLException {
    if (!query(standby.dataSource(), "select pg_promote(true, " + WAIT_SECONDS + ")").equals("t")) {
      throw new IllegalStateException("the standby was not promoted");
    }
  }

  /**
   * Ends the old primary, makes the standby the primary, and brings the old one back as its standby
   * on the same port, with what the new primary has.
   */
  public void failOver() throws IOException, SQLException, InterruptedException {
    awaitReplay();
    primary.stopHard();
    promote();
    returned = StandbyDatabase.of(standby.url(), primary.port());
  }

  /** The first column of the first row, as text. */
  public static String query(DataSource server, String sql) throws SQLException {
    try (Connection connection = server.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }

  private static String queryNow(DataSource server, String sql) {
    try {
      return query(server, sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Ends both and deletes their data. */
  @Override
  public void close() throws IOException {
    try (primary;
        standby) {
      if (returned != null) {
        returned.close();
      }
    }
  }
}
