package herald.gateway.faults;

import herald.demo.postgres.EmbeddedDatabase;
import herald.demo.postgres.StandbyDatabase;
import herald.gateway.testing.ReplicatedDatabase;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The suite's PostgreSQL: it can be killed, can fail over, and its trigger can be disabled. Writers
 * reach it by a line of their own, which always leads to the primary. One thread; the data source
 * is for any.
 *
 * <p>It keeps the times of commits, and a table of the suite's own notes what each transaction has
 * made of a reaction: the reaction's own row shows only the last.
 */
final class SuiteDatabase implements AutoCloseable {
  private static final long WAIT_SECONDS = 60;
  private static final String WRITER = "writer";
  private static final String SUITE = "suite";

  /** The log is kept long enough for a copy of the data to begin to follow. */
  private static final Map<String, String> SETTINGS =
      Map.of("track_commit_timestamp", "on", "wal_keep_size", "512MB");

  private static final String REACTION_HISTORY =
      """
      create table suite_reactions (
        number bigint generated always as identity, user_id int, message_id text, reaction text,
        updated_at timestamp);
      create function suite_note_reaction() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' then
          insert into suite_reactions (user_id, message_id) values (old.user_id, old.message_id);
        else
          insert into suite_reactions (user_id, message_id, reaction, updated_at)
          values (new.user_id, new.message_id, new.reaction, new.updated_at);
        end if;
        return null;
      end $$;
      create trigger suite_note_reaction
        after insert or update or delete on chat_message_reactions
        for each row execute function suite_note_reaction();
      """;

  private static final String NOW_MICROS =
      "select (extract(epoch from clock_timestamp()) * 1000000)::bigint";

  private final EmbeddedDatabase first;
  private final TcpProxy writersLine;
  private Server primary;
  private @Nullable Server leftBehind;

  /** Something done to a server. */
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private record Server(int port, Work kill, Work restart, Work close) {}

  private SuiteDatabase(EmbeddedDatabase first) throws IOException {
    this.first = first;
    primary = new Server(first.port(), first::stopHard, first::restart, first::close);
    writersLine = new TcpProxy(first.port());
  }

  static SuiteDatabase start() throws IOException, SQLException {
    EmbeddedDatabase first = EmbeddedDatabase.start(SETTINGS, line -> {});
    try {
      SuiteDatabase database = new SuiteDatabase(first);
      database.execute(REACTION_HISTORY);
      return database;
    } catch (IOException | SQLException | RuntimeException e) {
      try (first) {
        throw e;
      }
    }
  }

  /** Unpooled connections to whichever server is the primary, for the suite's writers. */
  DataSource writers() {
    return dataSource(writersLine.port(), WRITER);
  }

  private DataSource dataSource(int port, String applicationName) {
    PGSimpleDataSource source = (PGSimpleDataSource) first.dataSource();
    source.setPortNumbers(new int[] {port});
    source.setApplicationName(applicationName);
    source.setAssumeMinServerVersion("15");
    return source;
  }

  /** The URL by which a gateway reaches the database through a line. */
  String urlAt(int port) {
    return first.url().replace(":" + first.port() + "/", ":" + port + "/");
  }

  /** Where the primary listens. */
  int port() {
    return primary.port();
  }

  /** The suite's own connection to the primary; no fault ends it. */
  Connection connect() throws SQLException {
    return dataSource(primary.port(), SUITE).getConnection();
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String query(String sql) throws SQLException {
    return ReplicatedDatabase.query(dataSource(primary.port(), SUITE), sql);
  }

  /** The server's clock, by which it also stamps commits, microseconds since the epoch. */
  long nowMicros() throws SQLException {
    return Long.parseLong(query(NOW_MICROS));
  }

  /** How many rpc logs were committed between two moments, microseconds since the epoch. */
  long committedBetween(long sinceMicros, long untilMicros) throws SQLException {
    return Long.parseLong(
        query(
            "select count(*) from rpc_log where extract(epoch from pg_xact_commit_timestamp(xmin))"
                + " * 1000000 between "
                + sinceMicros
                + " and "
                + untilMicros));
  }

  /** Ends the connections of all gateways. */
  void terminateGateways() throws SQLException {
    terminate("application_name not in ('" + WRITER + "', '" + SUITE + "')");
  }

  private void terminate(String which) throws SQLException {
    execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where backend_type = 'client backend' and pid <> pg_backend_pid() and "
            + which);
  }

  /** SIGKILL; what was committed stays. */
  void kill() throws IOException {
    primary.kill().run();
  }

  /** Starts the primary again after {@link #kill}. */
  void restart() throws IOException {
    primary.restart().run();
  }

  /**
   * Has rows of {@code rpc_log} inserted without a notification, or with one again.
   *
   * @return a moment between the commits before and those after, microseconds since the epoch
   */
  long setTriggerEnabled(boolean isEnabled) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      // Waits until nobody is inserting, and until the commit nobody can begin to.
      statement.execute(
          "alter table rpc_log "
              + (isEnabled ? "enable" : "disable")
              + " trigger herald_rpc_log_inserted");
      try (ResultSet row = statement.executeQuery(NOW_MICROS)) {
        row.next();
        long nowMicros = row.getLong(1);
        connection.commit();
        return nowMicros;
      }
    }
  }

  /**
   * Makes a standby, promotes it, and sends everybody there who connects from now on. Only the
   * gateways' listeners lose their connections: what they have pooled stays on the old primary,
   * which goes on and which nobody writes to any more, until {@link #endLeftBehind}.
   */
  void failOver(List<TcpProxy> gatewayLines)
      throws IOException, SQLException, InterruptedException {
    StandbyDatabase standby = StandbyDatabase.of(urlAt(primary.port()));
    Server next = new Server(standby.port(), standby::stopHard, standby::restart, standby::close);
    leftBehind = primary;
    writersLine.retarget(next.port());
    writersLine.cut();
    terminate("application_name = '" + WRITER + "'");
    String writing =
        "select count(*) from pg_stat_activity where application_name = '" + WRITER + "'";
    awaitAnswer("0", primary.port(), writing);
    String committed = query("select pg_current_wal_flush_lsn()");
    awaitAnswer("t", next.port(), "select pg_last_wal_replay_lsn() >= '" + committed + "'::pg_lsn");
    DataSource promoted = dataSource(next.port(), SUITE);
    if (!ReplicatedDatabase.query(promoted, "select pg_promote(true, 60)").equals("t")) {
      throw new IllegalStateException("the standby was not promoted");
    }
    gatewayLines.forEach(line -> line.retarget(next.port()));
    // Still on the old primary.
    terminate("query like '%herald_probe_%'");
    primary = next;
  }

  private void awaitAnswer(String answer, int port, String question) throws InterruptedException {
    DataSource server = dataSource(port, SUITE);
    Eventually.holds(
        "'" + question + "' gives " + answer,
        WAIT_SECONDS,
        () -> {
          try {
            return ReplicatedDatabase.query(server, question).equals(answer);
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** Ends the server that was the primary before the last fail-over. */
  void endLeftBehind() throws IOException {
    Server old = leftBehind;
    leftBehind = null;
    if (old != null) {
      old.close().run();
    }
  }

  @Override
  public void close() throws IOException {
    writersLine.close();
    try {
      endLeftBehind();
    } finally {
      primary.close().run();
    }
  }
}
