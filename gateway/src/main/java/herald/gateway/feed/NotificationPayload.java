package herald.gateway.feed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the trigger's payload, {@code {"sig" : "…"}}. */
final class NotificationPayload {
  /** What PostgreSQL allows (manual, NOTIFY). */
  private static final int MAX_CHARACTERS = 8_000;

  private static final JsonFactory JSON = new JsonFactory();

  private NotificationPayload() {}

  /** The signature; null if the payload is anything else. */
  static @Nullable String signature(String payload) {
    if (payload.length() > MAX_CHARACTERS) {
      return null;
    }
    String signature = null;
    try (JsonParser json = JSON.createParser(payload)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean isSignature = json.currentName().equals("sig");
        if (json.nextToken() == JsonToken.VALUE_STRING && isSignature) {
          signature = json.getText();
        } else {
          json.skipChildren();
        }
      }
    } catch (IOException e) {
      return null;
    }
    return signature == null || signature.isEmpty() || signature.indexOf('\0') >= 0
        ? null
        : signature;
  }
}
