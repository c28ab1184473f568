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
      order by applied_at, sig
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

  /** Takes some rows, which follow those of the call before. */
  @FunctionalInterface
  interface PageHandler {
    void handle(List<Row> page) throws InterruptedException;
  }

  /**
   * Gives out the rows applied at this moment or later, page by page.
   *
   * <p>All pages are of one snapshot. Were they not, a row could be found of whose chat an earlier
   * one has been committed behind the place that was read already; that one is notified, and would
   * come too late.
   */
  void forEachPage(long sinceMicros, PageHandler handler)
      throws SQLException, InterruptedException {
    try (Connection connection = primary.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement statement = connection.prepareStatement(SINCE)) {
        statement.setFetchSize(PAGE);
        statement.setLong(1, sinceMicros);
        List<Row> page = new ArrayList<>(PAGE);
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            page.add(new Row(row.getString(1), row.getLong(2)));
            if (page.size() == PAGE) {
              handler.handle(page);
              page = new ArrayList<>(PAGE);
            }
          }
        }
        handler.handle(page);
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }
}
