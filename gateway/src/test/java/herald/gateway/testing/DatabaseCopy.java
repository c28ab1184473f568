package herald.gateway.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Makes one database hold the rows of another of the same schema; no trigger fires. */
public final class DatabaseCopy {
  private static final String TABLES =
      "select quote_ident(relname) from pg_class where relkind in ('r', 'p')"
          + " and relnamespace = 'public'::regnamespace order by 1";

  private DatabaseCopy() {}

  /** Copies all tables; what the target had is gone. */
  public static void copy(DataSource source, DataSource target) throws SQLException, IOException {
    try (Connection from = source.getConnection();
        Connection to = target.getConnection()) {
      from.setAutoCommit(false);
      from.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      to.setAutoCommit(false);
      List<String> tables = tables(from);
      try (Statement statement = to.createStatement()) {
        statement.execute("set session_replication_role = replica");
        statement.execute("truncate " + String.join(", ", tables) + " cascade");
      }
      CopyManager out = from.unwrap(PGConnection.class).getCopyAPI();
      CopyManager in = to.unwrap(PGConnection.class).getCopyAPI();
      for (String table : tables) {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        out.copyOut("copy " + table + " to stdout (format binary)", rows);
        in.copyIn(
            "copy " + table + " from stdin (format binary)",
            new ByteArrayInputStream(rows.toByteArray()));
      }
      to.commit();
      from.rollback();
    }
  }

  private static List<String> tables(Connection connection) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(TABLES)) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }
}
