package herald.demo.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import herald.demo.api.AppliedRpc;
import herald.demo.api.JsonObject;
import herald.protocol.EventTimestamp;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** What the open pages are told of a commit: what it was and when, never the text. */
final class CommitNote {
  private static final JsonFactory JSON = new JsonFactory();

  private CommitNote() {}

  /**
   * {@code committed_at} in microseconds, {@code relayed_at} as in the event's metadata, and the
   * rpc's method and ids.
   */
  static String of(AppliedRpc applied) {
    StringWriter text = new StringWriter();
    JsonObject rpc = JsonObject.parseOrNull(applied.log().rpc());
    JsonObject params = rpc == null ? null : rpc.objectOrNull("params");
    Instant relayedAt = applied.log().relayedAt().toInstant(ZoneOffset.UTC);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("committed_at", applied.committedAtMicros());
      json.writeStringField(
          "relayed_at", EventTimestamp.format(ChronoUnit.MICROS.between(Instant.EPOCH, relayedAt)));
      write(json, rpc, "method");
      write(json, params, "chat_id");
      write(json, params, "message_id");
      write(json, params, "blast_id");
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, @Nullable JsonObject holder, String name)
      throws IOException {
    String value = holder == null ? null : holder.textOrNull(name);
    if (value != null) {
      json.writeStringField(name, value);
    }
  }
}
