package herald.demo.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The scripts of {@code deploy/sql} that make the platform's schema. */
enum DatabaseScript {
  /** Tables, indexes and functions. */
  SCHEMA("schema.sql"),
  /** The trigger that announces rpc logs; needs the table. */
  TRIGGER("trigger.sql");

  private final String fileName;

  DatabaseScript(String fileName) {
    this.fileName = fileName;
  }

  void runOn(Connection connection) throws IOException, SQLException {
    try (InputStream in = DatabaseScript.class.getResourceAsStream(fileName);
        Statement statement = connection.createStatement()) {
      if (in == null) {
        throw new IOException(fileName + " is not on the class path (expected: in the demo's jar)");
      }
      statement.execute(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
