package herald.benchmarks.servers;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The processes of one PostgreSQL server of this machine: sessions, and what writes for them. */
public final class PostgresProcesses {
  private final ProcessHandle server;

  private PostgresProcesses(ProcessHandle server) {
    this.server = server;
  }

  /** Those of the server that has this database. */
  public static PostgresProcesses of(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      long session = row.getLong(1);
      return new PostgresProcesses(
          ProcessHandle.of(session)
              .flatMap(ProcessHandle::parent)
              .orElseThrow(
                  () -> new SQLException("the database's processes are not on this machine")));
    }
  }

  /** Of each process since it began. */
  public CpuTimes cpuTimes() {
    return CpuTimes.of(
        server.descendants().mapToLong(ProcessHandle::pid),
        pid -> new ProcessFigures(pid).cpuNanos());
  }
}
