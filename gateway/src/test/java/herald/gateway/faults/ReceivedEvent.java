package herald.gateway.faults;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import herald.protocol.HashIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * What a client reads of an event, in one line in which everything stands that the database can
 * tell too: {@link LedgerQuery} writes the same line from the stored rows.
 *
 * @param description the line
 * @param id the event's own
 */
record ReceivedEvent(String description, String id) {
  static final String GAP = "gap since ";
  private static final JsonFactory JSON = new JsonFactory();

  /**
   * Reads an event.
   *
   * @param receiver whose connection it came on, which the event has to name
   */
  static ReceivedEvent read(String message, int receiver) throws IOException {
    Map<String, String> values = values(message);
    return new ReceivedEvent(describe(values, receiver), metadata(values, "id"));
  }

  private static String describe(Map<String, String> values, int receiver) {
    String method = values.getOrDefault("/rpc/method", "");
    if (method.equals("gateway.gap")) {
      return GAP + micros(param(values, "from"));
    }
    String what =
        switch (method) {
          case "chat.message" ->
              (param(values, "is_plaintext").equals("true") ? "blast message " : "message ")
                  + param(values, "message_id")
                  + " in "
                  + param(values, "chat_id");
          case "chat.react" ->
              "reaction to " + param(values, "message_id") + " in " + param(values, "chat_id");
          case "chat.blast" -> "blast " + param(values, "blast_id");
          default -> "'" + method + "'";
        };
    String text = method.equals("chat.react") ? "reaction" : "message";
    return what
        + " by "
        + HashIds.decode(metadata(values, "senderUserId")).orElse(-1)
        + " at "
        + micros(metadata(values, "timestamp"))
        + " for "
        + values.getOrDefault("/rpc/params/audience", "members")
        + ": "
        + (values.containsKey("/rpc/params/" + text) ? md5(param(values, text)) : "null")
        + wrongPeople(values, receiver);
  }

  private static long micros(String time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(time));
  }

  private static String wrongPeople(Map<String, String> values, int receiver) {
    boolean areRight =
        HashIds.decode(metadata(values, "receiverUserId")).orElse(-1) == receiver
            && metadata(values, "userId").equals(metadata(values, "senderUserId"));
    return areRight ? "" : ", with wrong people in its metadata";
  }

  private static String param(Map<String, String> values, String name) {
    return values.getOrDefault("/rpc/params/" + name, "");
  }

  private static String metadata(Map<String, String> values, String name) {
    return values.getOrDefault("/metadata/" + name, "");
  }

  /** All values but null, each by the JSON pointer to it. */
  private static Map<String, String> values(String message) throws IOException {
    Map<String, String> values = new HashMap<>();
    try (JsonParser json = JSON.createParser(message)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
          values.put(json.getParsingContext().pathAsPointer().toString(), json.getText());
        }
      }
    }
    return values;
  }

  /** As PostgreSQL's function of this name. */
  private static String md5(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no MD5, which every JVM must have", e);
    }
  }
}
