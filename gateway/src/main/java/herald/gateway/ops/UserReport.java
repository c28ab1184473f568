package herald.gateway.ops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import herald.protocol.HashIds;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;

/** One user's connections on this instance as JSON. */
public final class UserReport {
  private final IntFunction<CompletionStage<UserStatus>> find;
  private final InstantSource clock;

  /**
   * @param find finds what the instance has of a user; must not block
   */
  public UserReport(IntFunction<CompletionStage<UserStatus>> find, InstantSource clock) {
    this.find = find;
    this.clock = clock;
  }

  /** The report, when the event loops have answered. */
  CompletionStage<String> write(int userId) {
    return find.apply(userId).thenApply(found -> write(userId, found));
  }

  private String write(int userId, UserStatus found) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("user", HashIds.encode(userId));
      json.writeArrayFieldStart("connections");
      for (UserConnection connection : found.connections()) {
        write(json, connection);
      }
      json.writeEndArray();
      json.writeNumberField("notShown", found.notShown());
      json.writeBooleanField("endedConnectionRemembered", found.isRemembered());
      json.writeObjectFieldStart("log");
      json.writeNumberField("firstPosition", found.firstPosition());
      json.writeNumberField("nextPosition", found.nextPosition());
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      // Into memory: it does not happen.
      throw new UncheckedIOException(e);
    }
    return text.append('\n').toString();
  }

  private void write(JsonGenerator json, UserConnection connection) throws IOException {
    json.writeStartObject();
    json.writeStringField("address", connection.address());
    json.writeStringField("device", connection.device());
    json.writeStringField(
        "connectedSince", clock.instant().minusMillis(connection.ageMillis()).toString());
    json.writeStringField("state", connection.state());
    json.writeStringField("replay", connection.replay());
    json.writeNumberField("position", connection.position());
    json.writeNumberField("confirmedPosition", connection.confirmedPosition());
    json.writeNumberField("waitingEvents", connection.waitingEvents());
    json.writeNumberField("unconfirmedEvents", connection.unconfirmedEvents());
    json.writeNumberField("stalledMillis", connection.stalledMillis());
    json.writeNumberField("writtenEvents", connection.writtenEvents());
    json.writeNumberField("writtenBytes", connection.writtenBytes());
    json.writeEndObject();
  }
}
