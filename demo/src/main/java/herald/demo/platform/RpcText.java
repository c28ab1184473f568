package herald.demo.platform;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import herald.protocol.HashIds;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** The JSON text of an operation, its members in the order in which the SDK signs them. */
final class RpcText {
  private static final JsonFactory JSON = new JsonFactory();

  private RpcText() {}

  /** Writes the members of {@code params}. */
  @FunctionalInterface
  interface Params {
    void writeTo(JsonGenerator json) throws IOException;

    /** Members that are strings or null: name, value, name, value. */
    static Params of(@Nullable String... namesAndValues) {
      return json -> {
        for (int i = 0; i < namesAndValues.length; i += 2) {
          json.writeStringField(namesAndValues[i], namesAndValues[i + 1]);
        }
      };
    }

    /** These members, then those. */
    default Params then(Params those) {
      return json -> {
        writeTo(json);
        those.writeTo(json);
      };
    }
  }

  static String of(String method, Params params, int currentUserId, LocalDateTime nowUtc) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("method", method);
      json.writeObjectFieldStart("params");
      params.writeTo(json);
      json.writeEndObject();
      json.writeStringField("current_user_id", HashIds.encode(currentUserId));
      json.writeNumberField("timestamp", nowUtc.toInstant(ZoneOffset.UTC).toEpochMilli());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return text.toString();
  }
}
