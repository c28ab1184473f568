package herald.gateway.database;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A transaction that only reads, on a pooled connection of its own, which is given back as it was
 * taken. One thread.
 */
public final class ReadTransaction implements AutoCloseable {
  private final Connection connection;
  private final boolean isOfOneSnapshot;

  private ReadTransaction(Connection connection, boolean isOfOneSnapshot) {
    this.connection = connection;
    this.isOfOneSnapshot = isOfOneSnapshot;
  }

  /** Begins one in which each statement has a snapshot of its own. */
  public static ReadTransaction begin(DataSource database) throws SQLException {
    return begin(database, false);
  }

  /** Begins one with one snapshot for all statements. */
  public static ReadTransaction beginOfOneSnapshot(DataSource database) throws SQLException {
    return begin(database, true);
  }

  private static ReadTransaction begin(DataSource database, boolean isOfOneSnapshot)
      throws SQLException {
    Connection connection = database.getConnection();
    try {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      if (isOfOneSnapshot) {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      }
      return new ReadTransaction(connection, isOfOneSnapshot);
    } catch (SQLException | RuntimeException | Error e) {
      try (connection) {
        throw e;
      }
    }
  }

  /** Where to read, until the transaction is closed. */
  public Connection connection() {
    return connection;
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      connection.rollback();
      if (isOfOneSnapshot) {
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      }
      connection.setReadOnly(false);
      connection.setAutoCommit(true);
    }
  }
}
