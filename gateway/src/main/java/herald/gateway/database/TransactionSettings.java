package herald.gateway.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Settings of one transaction, for statements that are longer or rarer than others. */
public final class TransactionSettings {
  private static final int SLACK_MILLIS = 5_000;

  private TransactionSettings() {}

  /**
   * Sets the longest time of one statement until the end of the transaction, on the server and, a
   * little longer, for a server that has gone mute. The pool sets the latter back when it takes the
   * connection back.
   *
   * @param connection a pooled one, in a transaction
   */
  public static void setTimeout(Connection connection, int millis) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local statement_timeout = " + millis);
    }
    connection.setNetworkTimeout(Runnable::run, millis + SLACK_MILLIS);
  }

  /** Lets the planner read whole tables, as for an audience of millions, which has no key. */
  public static void allowSequentialScans(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local enable_seqscan = on");
    }
  }

  /** Has each statement planned for its parameters, as for a window of time that may be any. */
  public static void planForParameters(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local plan_cache_mode = force_custom_plan");
    }
  }

  /**
   * Has groups of rows gathered by hashing and not by sorting: of an expression over a column
   * without statistics, the planner expects as many groups as rows, and would sort millions of rows
   * for a few groups.
   */
  public static void groupByHashing(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local enable_sort = off");
    }
  }
}
