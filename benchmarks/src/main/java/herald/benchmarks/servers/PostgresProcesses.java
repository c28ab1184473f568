package herald.benchmarks.servers;

import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
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

  /** CPU time of each process since it began, by its number. */
  public Map<Long, Long> cpuNanos() {
    Map<Long, Long> nanos = new HashMap<>();
    server
        .descendants()
        .mapToLong(ProcessHandle::pid)
        .forEach(
            pid -> {
              try {
                nanos.put(pid, new ProcessFigures(pid).cpuNanos());
              } catch (UncheckedIOException e) {
                // It has just ended.
              }
            });
    return nanos;
  }

  /** CPU time since {@code before}; of a process that has ended since, nothing is known. */
  public long cpuNanosSince(Map<Long, Long> before) {
    return cpuNanos().entrySet().stream()
        .mapToLong(entry -> entry.getValue() - before.getOrDefault(entry.getKey(), 0L))
        .sum();
  }
}
