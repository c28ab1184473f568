package herald.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a signed rpc as the platform's API server does, with the rules of Go's {@code
 * encoding/json}: the case of a name does not matter, of a name that is repeated the last one
 * counts, and a null leaves a string as it was. PostgreSQL and other parsers read some texts
 * differently, so that a client could name one chat to the server and another one to a gateway that
 * reads with their rules.
 *
 * <p>One pass, without a tree and without recursion. Any thread.
 */
public final class RpcParser {
  /** Go refuses what is nested deeper. */
  private static final int MAX_NESTING = 10_000;

  /** The text has been bounded by whoever accepted it; Go has no bounds of its own but nesting. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          // Names come from clients: they must not fill a table that outlives the text.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private @Nullable String method;
  private @Nullable String currentUserId;
  private @Nullable String chatId;
  private @Nullable String messageId;
  private @Nullable String blastId;
  private @Nullable String reaction;

  private RpcParser() {}

  /**
   * Reads one rpc.
   *
   * @throws MalformedRpcException when it is no JSON object, or is nested deeper than Go allows
   */
  public static ParsedRpc parse(String rpcJson) throws MalformedRpcException {
    RpcParser parser = new RpcParser();
    try (JsonParser json = JSON.createParser(GoNames.withoutHalfPairs(rpcJson))) {
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
    return new ParsedRpc(
        parser.method == null ? "" : parser.method,
        parser.currentUserId,
        parser.chatId,
        parser.messageId,
        parser.blastId,
        parser.reaction);
  }

  private void readRpc(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (GoNames.isField(name, "method")) {
        method = text(json, value, method);
      } else if (GoNames.isField(name, "current_user_id")) {
        currentUserId = text(json, value, currentUserId);
      } else if (GoNames.isField(name, "params")) {
        forgetParams();
        if (value == JsonToken.START_OBJECT) {
          readParams(json);
        } else {
          json.skipChildren();
        }
      } else {
        json.skipChildren();
      }
    }
  }

  /** The whole of {@code params} is read anew when it is repeated. */
  private void forgetParams() {
    chatId = null;
    messageId = null;
    blastId = null;
    reaction = null;
  }

  private void readParams(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (GoNames.isField(name, "chat_id")) {
        chatId = text(json, value, chatId);
      } else if (GoNames.isField(name, "message_id")) {
        messageId = text(json, value, messageId);
      } else if (GoNames.isField(name, "blast_id")) {
        blastId = text(json, value, blastId);
      } else if (GoNames.isField(name, "reaction")) {
        // A pointer in Go: null takes the value away.
        reaction = text(json, value, null);
      } else {
        json.skipChildren();
      }
    }
  }

  private static @Nullable String text(JsonParser json, JsonToken value, @Nullable String before)
      throws IOException {
    if (value == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    json.skipChildren();
    return value == JsonToken.VALUE_NULL ? before : null;
  }
}
