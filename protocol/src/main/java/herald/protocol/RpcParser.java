package herald.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads from an rpc what the gateway needs, in one pass and without a tree. The whole text is read,
 * because the whole text goes out. Any thread.
 */
public final class RpcParser {
  private static final int MAX_NESTING = 64;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
          .build();

  private @Nullable String method;
  private @Nullable String currentUserId;
  private @Nullable String chatId;
  private @Nullable String blastId;
  private @Nullable String audience;

  private RpcParser() {}

  /**
   * Reads one rpc. Of a member that stands twice the last one counts, as it does for Go and for
   * PostgreSQL.
   *
   * @throws MalformedRpcException when it is no JSON object, or names no method
   */
  public static ParsedRpc parse(String rpcJson) throws MalformedRpcException {
    RpcParser parser = new RpcParser();
    try (JsonParser json = JSON.createParser(rpcJson)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedRpcException("the rpc is no JSON object");
      }
      parser.readRpc(json);
      if (json.nextToken() != null) {
        throw new MalformedRpcException("something follows the rpc");
      }
    } catch (IOException e) {
      throw new MalformedRpcException("the rpc is no JSON");
    }
    if (parser.method == null) {
      throw new MalformedRpcException("the rpc names no method");
    }
    return new ParsedRpc(
        parser.method, parser.currentUserId, parser.chatId, parser.blastId, parser.audience);
  }

  private void readRpc(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "method" -> method = textOrSkip(json, value);
        case "current_user_id" -> currentUserId = textOrSkip(json, value);
        case "params" -> {
          chatId = null;
          blastId = null;
          audience = null;
          if (value == JsonToken.START_OBJECT) {
            readParams(json);
          } else {
            json.skipChildren();
          }
        }
        default -> json.skipChildren();
      }
    }
  }

  private void readParams(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "chat_id" -> chatId = textOrSkip(json, value);
        case "blast_id" -> blastId = textOrSkip(json, value);
        case "audience" -> audience = textOrSkip(json, value);
        default -> json.skipChildren();
      }
    }
  }

  private static @Nullable String textOrSkip(JsonParser json, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    json.skipChildren();
    return null;
  }
}
