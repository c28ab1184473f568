package herald.gateway.feed;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * A writer that stamps its row when its transaction begins, then locks what orders the chat's rows,
 * and then inserts: two of them may commit in the other order than they have stamped.
 */
final class LockingWriter implements AutoCloseable {
  private final Connection connection;
  private final String sig;

  LockingWriter(DataSource database, String sig) throws SQLException {
    connection = database.getConnection();
    connection.setAutoCommit(false);
    this.sig = sig;
  }

  /** Begins the transaction, whose time is that of the row. */
  void begin() throws SQLException {
    execute("select 1");
  }

  void lockInsertAndCommit() throws SQLException {
    execute("select pg_advisory_xact_lock(1)");
    insert();
    connection.commit();
  }

  void insert() throws SQLException {
    execute(InsertedRows.sql(sig, "localtimestamp"));
  }

  void commit() throws SQLException {
    connection.commit();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
