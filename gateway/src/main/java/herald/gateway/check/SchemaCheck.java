package herald.gateway.check;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Whether tables, columns and indexes are as Herald reads them, and may be read. */
final class SchemaCheck {
  private static final String COLUMNS =
      "select attname, format_type(atttypid, null) from pg_attribute"
          + " where attrelid = to_regclass(?) and attnum > 0 and not attisdropped";
  private static final String LEADING_COLUMNS =
      "select a.attname from pg_index i"
          + " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]"
          + " where i.indrelid = to_regclass(?) and i.indisvalid";
  private static final String MAY =
      "select has_table_privilege(to_regclass(?), ?) and has_schema_privilege("
          + "(select relnamespace from pg_class where oid = to_regclass(?)), 'USAGE')";

  void run(Connection connection, Consumer<Finding> findings) throws SQLException {
    for (ExpectedTable table : ExpectedTable.all()) {
      Map<String, String> columns = new HashMap<>();
      Rows.all(
          connection,
          row -> columns.put(row.getString(1), row.getString(2)),
          COLUMNS,
          table.name());
      if (columns.isEmpty()) {
        findings.accept(
            Finding.fail(
                table.name(),
                "there is no such table in the search path (expected: the platform's database;"
                    + " 'herald schema' prints what a fresh one needs)"));
        continue;
      }
      columns(table, columns).forEach(findings);
      privileges(connection, table).forEach(findings);
      indexes(connection, table, columns.keySet()).forEach(findings);
    }
  }

  private static List<Finding> columns(ExpectedTable table, Map<String, String> found) {
    List<Finding> wrong = new ArrayList<>();
    table
        .columns()
        .forEach(
            (column, types) -> {
              String type = found.get(column);
              if (type == null) {
                wrong.add(
                    Finding.fail(
                        table.name(),
                        "the column " + column + " is missing (expected: " + types.get(0) + ")"));
              } else if (!types.contains(type)) {
                wrong.add(
                    Finding.fail(
                        table.name(),
                        "the column "
                            + column
                            + " is of type "
                            + type
                            + " (expected: "
                            + String.join(" or ", types)
                            + ")"));
              }
            });
    return wrong.isEmpty()
        ? List.of(Finding.ok(table.name(), "has the columns that are read"))
        : wrong;
  }

  private static List<Finding> privileges(Connection connection, ExpectedTable table)
      throws SQLException {
    List<Finding> missing = new ArrayList<>();
    if (!may(connection, table.name(), "SELECT")) {
      missing.add(missingPrivilege(table.name(), "SELECT"));
    }
    if (table.name().equals("user_pubkeys") && !may(connection, table.name(), "INSERT")) {
      missing.add(missingPrivilege(table.name(), "INSERT"));
    }
    return missing;
  }

  private static boolean may(Connection connection, String table, String privilege)
      throws SQLException {
    return Rows.one(connection, row -> row.getBoolean(1), MAY, table, privilege, table);
  }

  private static Finding missingPrivilege(String table, String privilege) {
    return Finding.fail(
        table,
        "the role lacks "
            + privilege
            + " (expected: granted; 'herald schema --grants' prints all that is needed)");
  }

  private static List<Finding> indexes(
      Connection connection, ExpectedTable table, Set<String> columns) throws SQLException {
    Set<String> leading =
        new HashSet<>(Rows.all(connection, row -> row.getString(1), LEADING_COLUMNS, table.name()));
    return table.indexed().stream()
        .filter(column -> columns.contains(column) && !leading.contains(column))
        .map(
            column ->
                Finding.warn(
                    table.name(),
                    "no index begins with "
                        + column
                        + " (expected: one; without it look-ups read the whole table)"))
        .toList();
  }
}
