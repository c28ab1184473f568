package herald.gateway.wal;

import herald.gateway.config.WalSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** What the publication hands out that a slot is read with. */
public enum LogPublication {
  /** There is none. */
  ABSENT,
  /** Not the signatures of the rows that are inserted. */
  WRONG,
  /** More columns than are used. */
  WIDE,
  /** The signatures alone. */
  RIGHT;

  /** Makes it. */
  static final String CREATE =
      "create publication "
          + WalSettings.PUBLICATION
          + " for table rpc_log (sig) with (publish = 'insert')";

  /**
   * One row for each publication of the name, whether it hands out the inserts, and what of them.
   */
  private static final String QUERY =
      """
      select p.pubinsert, coalesce(t.attnames @> array['sig']::name[], false),
        coalesce(cardinality(t.attnames), 0) > 1
      from pg_publication p
      left join pg_publication_tables t on t.pubname = p.pubname and t.tablename = 'rpc_log'
      where p.pubname = '%s'\
      """
          .formatted(WalSettings.PUBLICATION);

  static LogPublication of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUERY)) {
      if (!row.next()) {
        return ABSENT;
      }
      if (!row.getBoolean(1) || !row.getBoolean(2)) {
        return WRONG;
      }
      return row.getBoolean(3) ? WIDE : RIGHT;
    }
  }

  /** What is wrong with the publication of a server, in a sentence; null if nothing is. */
  public static @Nullable String problem(Connection connection) throws SQLException {
    return of(connection).problem();
  }

  /** Why rows can't be heard of by it, in a sentence; null if they can. */
  @Nullable String problem() {
    return switch (this) {
      case ABSENT ->
          "there is no publication '" + WalSettings.PUBLICATION + "' (expected: " + CREATE + ")";
      case WRONG ->
          "the publication '"
              + WalSettings.PUBLICATION
              + "' does not hand out what is inserted into rpc_log (expected: "
              + CREATE
              + ")";
      case RIGHT, WIDE -> null;
    };
  }

  /** That more is handed out than is used. */
  static String wideSentence() {
    return "the publication "
        + WalSettings.PUBLICATION
        + " hands out more columns than are used (expected: "
        + CREATE
        + ")";
  }
}
