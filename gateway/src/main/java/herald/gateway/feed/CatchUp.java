package herald.gateway.feed;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Reads from the table of the primary which rpc logs there are since a moment, in the order of
 * {@code applied_at}: what was committed while nobody listened. Commit order can't be known
 * afterwards; writers that stamp a chat's operations one after the other keep the order within the
 * chat.
 */
final class CatchUp {
  private static final int PAGE = 5_000;
  private static final String NOW =
      "select (extract(epoch from clock_timestamp()) * 1000000)::bigint";
  private static final String SINCE =
      """
      select sig, (extract(epoch from applied_at) * 1000000)::bigint from rpc_log
      where applied_at >= timestamp 'epoch' + ? * interval '1 microsecond'
        and (applied_at, sig) > (timestamp 'epoch' + ? * interval '1 microsecond', ?)
      order by applied_at, sig limit ?
      """;

  private final DataSource primary;

  CatchUp(DataSource primary) {
    this.primary = primary;
  }

  /** A row, by its name and its writer's clock. */
  record Row(String sig, long appliedAtMicros) {}

  /** The database's clock, microseconds since the epoch. */
  long nowMicros() throws SQLException {
    try (Connection connection = primary.getConnection();
        PreparedStatement statement = connection.prepareStatement(NOW);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** The rows applied at this moment or later that follow {@code last}; empty at the end. */
  List<Row> page(long sinceMicros, Row last) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (Connection connection = primary.getConnection();
        PreparedStatement statement = connection.prepareStatement(SINCE)) {
      statement.setLong(1, sinceMicros);
      statement.setLong(2, last.appliedAtMicros);
      statement.setString(3, last.sig);
      statement.setInt(4, PAGE);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rows.add(new Row(row.getString(1), row.getLong(2)));
        }
      }
    }
    return rows;
  }
}
