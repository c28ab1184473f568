package herald.gateway.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Which server a connection has reached, so that two connections can be compared: behind one name
 * there may be several servers, one after the other. No privilege is needed to ask.
 *
 * @param startMicros when the server process was started, in microseconds since 1970; it tells two
 *     servers apart, and a server before from after a restart
 * @param isInRecovery whether it is a standby, or replays its log after a crash
 * @param timeline the history that a primary writes, which each promotion makes new; empty in
 *     recovery. Of two servers that both take themselves for the primary, the one with the greater
 *     timeline is
 */
public record ServerIdentity(long startMicros, boolean isInRecovery, String timeline) {
  /**
   * An SQL expression of type {@code text} that {@link #parse} reads: for a query of its own, as a
   * column of another query, or as a part of what a probe notifies.
   */
  public static final String SQL =
      "(case when pg_is_in_recovery() then 'standby' else 'primary' end || ':'"
          + " || (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint || ':'"
          // Asked for its position in the log, a server in recovery would raise an error.
          + " || case when pg_is_in_recovery() then ''"
          + " else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end)";

  private static final int PARTS = 3;

  /**
   * Reads what {@link #SQL} gives.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static ServerIdentity parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != PARTS || !(parts[0].equals("standby") || parts[0].equals("primary"))) {
      throw new IllegalArgumentException(
          "'" + text + "' is no server's identity (expected: primary:1700000000000000:00000001)");
    }
    return new ServerIdentity(Long.parseLong(parts[1]), parts[0].equals("standby"), parts[2]);
  }

  /** Asks the server of a connection. */
  public static ServerIdentity of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select " + SQL)) {
      row.next();
      return parse(row.getString(1));
    }
  }

  /** Whether both are one server process, whatever role it had at each moment. */
  public boolean isSameServer(ServerIdentity other) {
    return startMicros == other.startMicros;
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    return (isInRecovery ? "standby" : "primary") + ":" + startMicros + ":" + timeline;
  }
}
