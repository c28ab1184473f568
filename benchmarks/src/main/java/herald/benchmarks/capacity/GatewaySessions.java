package herald.benchmarks.capacity;

import herald.benchmarks.servers.CpuTimes;
import herald.benchmarks.servers.ProcessFigures;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.LongStream;
import javax.sql.DataSource;

/**
 * The sessions of gateways at a PostgreSQL of this machine, each of which is a process: what they
 * cost, and how they are ended for a while.
 */
final class GatewaySessions {
  private static final String PIDS =
      "select pid from pg_stat_activity"
          + " where datname = current_database() and application_name like 'herald%'";

  private final DataSource database;

  GatewaySessions(DataSource database) {
    this.database = database;
  }

  /** Of each session since it began, by process. */
  CpuTimes cpuTimes() throws SQLException {
    LongStream.Builder pids = LongStream.builder();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(PIDS)) {
      while (rows.next()) {
        pids.add(rows.getLong(1));
      }
    }
    return CpuTimes.of(pids.build(), pid -> new ProcessFigures(pid).cpuNanos());
  }

  /** Ends all of them, and lets nobody connect any more until the outage is over. */
  Outage cut() throws SQLException {
    Outage outage = new Outage(database.getConnection());
    outage.begin();
    return outage;
  }

  /** While it lasts, nobody can connect; what is connected otherwise stays. */
  static final class Outage implements AutoCloseable {
    private final Connection connection;

    private Outage(Connection connection) {
      this.connection = connection;
    }

    private void begin() throws SQLException {
      setConnectionsAllowed(false);
      execute("select pg_terminate_backend(pid) from (" + PIDS + ") p");
    }

    private void setConnectionsAllowed(boolean areAllowed) throws SQLException {
      // "alter database" refuses to do this to the database that it is said in.
      execute(
          "update pg_database set datallowconn = "
              + areAllowed
              + " where datname = current_database()");
    }

    private void execute(String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    /** Lets all connect again. */
    @Override
    public void close() throws SQLException {
      try (connection) {
        setConnectionsAllowed(true);
      }
    }
  }
}
