package herald.gateway.feed;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The times at which the server says that transactions were committed. Any thread. */
final class CommitTimes {
  /** A standby may have the setting and not the times, and fails where it is asked for them. */
  private static final String ARE_KEPT =
      "select current_setting('track_commit_timestamp') = 'on' and not pg_is_in_recovery()";

  private CommitTimes() {}

  /** Whether this server can be asked for the commit time of a row's transaction. */
  static boolean areKept(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(ARE_KEPT)) {
      return row.next() && row.getBoolean(1);
    }
  }
}
