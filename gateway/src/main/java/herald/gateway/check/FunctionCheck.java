package herald.gateway.check;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Whether the two functions are there and run. They run with the caller's privileges and read
 * tables of the platform's choice, so each is called, with arguments that match nothing and in a
 * transaction that is read only.
 */
final class FunctionCheck {
  private static final List<ExpectedFunction> EXPECTED =
      List.of(
          new ExpectedFunction("chat_allowed", "integer, integer", "select chat_allowed(-1, -2)"),
          new ExpectedFunction(
              "chat_blast_audience",
              "text",
              "select blast_id, to_user_id from chat_blast_audience('')"));

  private record ExpectedFunction(String name, String arguments, String call) {
    String signature() {
      return name + "(" + arguments + ")";
    }
  }

  void run(Connection connection, Consumer<Finding> findings) throws SQLException {
    for (ExpectedFunction function : EXPECTED) {
      findings.accept(check(connection, function));
    }
  }

  private static Finding check(Connection connection, ExpectedFunction function)
      throws SQLException {
    boolean isThere =
        Rows.one(
            connection,
            row -> row.getBoolean(1),
            "select to_regprocedure(?) is not null",
            function.signature());
    if (!isThere) {
      return Finding.fail(
          function.name(),
          "there is no function "
              + function.signature()
              + " in the search path (expected: the platform's; 'herald schema' prints one)");
    }
    connection.setAutoCommit(false);
    try {
      Rows.run(connection, "set transaction read only");
      Rows.run(connection, function.call());
      return Finding.ok(function.name(), "runs");
    } catch (SQLException e) {
      return Finding.fail(
          function.name(),
          "does not run: "
              + Rows.firstLine(e)
              + " (expected: EXECUTE on it and SELECT on all that it reads;"
              + " 'herald schema --grants' prints what is needed)");
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }
}
