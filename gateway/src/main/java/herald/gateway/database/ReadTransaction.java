package herald.gateway.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * A transaction that only reads, on a pooled connection of its own, which is given back as it was
 * taken. One thread.
 */
public final class ReadTransaction implements AutoCloseable {
  private final Connection connection;

  private ReadTransaction(Connection connection) {
    this.connection = connection;
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
        // Of this transaction alone: the driver's method sets it for the session, which a pooler of
        // transactions may give to somebody else.
        try (Statement statement = connection.createStatement()) {
          statement.execute("set transaction isolation level repeatable read");
        }
      }
      return new ReadTransaction(connection);
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
      connection.setReadOnly(false);
      connection.setAutoCommit(true);
    }
  }
}
