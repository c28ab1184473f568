package herald.demo.api;

import com.fasterxml.jackson.core.JsonGenerator;
import herald.protocol.EventTimestamp;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Times in rows and in JSON. */
final class JsonTimes {
  private JsonTimes() {}

  /** Writes a column of microseconds since the epoch as RFC 3339, or null. */
  static void write(JsonGenerator json, String name, ResultSet row, int column)
      throws SQLException, IOException {
    long micros = row.getLong(column);
    if (row.wasNull()) {
      json.writeNullField(name);
    } else {
      json.writeStringField(name, EventTimestamp.format(micros));
    }
  }
}
