package herald.gateway.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The scripts of {@code deploy/sql}. Each may run any number of times, in psql and over JDBC. */
public enum SqlScript {
  /** Tables, indexes and functions of a fresh database. */
  SCHEMA("schema.sql"),
  /** The trigger that announces rpc logs; needs the table. */
  TRIGGER("trigger.sql"),
  /** A role with the least privileges; needs tables and functions. */
  GRANTS("grants.sql");

  private final String fileName;

  SqlScript(String fileName) {
    this.fileName = fileName;
  }

  /** The script as it stands in the file. */
  public String text() {
    try (InputStream in = SqlScript.class.getResourceAsStream("/sql/" + fileName)) {
      if (in == null) {
        throw new IllegalStateException(
            "sql/" + fileName + " is not on the class path (expected: in the gateway's jar)");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("sql/" + fileName + " can't be read", e);
    }
  }

  /** Runs the script on {@code connection}. */
  public void runOn(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text());
    }
  }
}
