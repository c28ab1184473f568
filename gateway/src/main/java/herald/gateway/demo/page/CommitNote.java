package herald.gateway.demo.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import herald.gateway.demo.api.AppliedRpc;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Set;

/** What the open pages are told of a commit: what it was and when, never the text. */
final class CommitNote {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Set<String> KEPT =
      Set.of("method", "chat_id", "message_id", "blast_id", "timestamp");

  private CommitNote() {}

  /** {@code committed_at} in microseconds, and the rpc's method, ids and timestamp. */
  static String of(AppliedRpc applied) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text);
        JsonParser rpc = JSON.createParser(applied.log().rpc())) {
      json.writeStartObject();
      json.writeNumberField("committed_at", applied.committedAtMicros());
      for (JsonToken token = rpc.nextToken(); token != null; token = rpc.nextToken()) {
        if (token == JsonToken.FIELD_NAME && KEPT.contains(rpc.currentName())) {
          String name = rpc.currentName();
          if (rpc.nextToken().isScalarValue()) {
            json.writeStringField(name, rpc.getText());
          }
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("an applied rpc is JSON", e);
    }
    return text.toString();
  }
}
