package herald.gateway.demo.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object that a client has sent, with members asked for by name and type. */
public final class JsonObject {
  private static final int MAX_NESTING = 16;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
          .build();

  /** Values: String, Boolean, Long, List, JsonObject, or null. */
  private final Map<String, @Nullable Object> members = new HashMap<>();

  private JsonObject() {}

  /** Reads one object. The caller has bounded the text. */
  static JsonObject parse(String text) throws RefusedException {
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        JsonObject object = readObject(json);
        if (json.nextToken() == null) {
          return object;
        }
      }
    } catch (IOException e) {
      // Refused below.
    }
    throw RefusedException.badRequest("the body is no JSON object");
  }

  /**
   * Reads one object.
   *
   * @return null when the text is anything else
   */
  public static @Nullable JsonObject parseOrNull(String text) {
    try {
      return parse(text);
    } catch (RefusedException e) {
      return null;
    }
  }

  private static JsonObject readObject(JsonParser json) throws IOException {
    JsonObject object = new JsonObject();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      object.members.put(name, readValue(json, json.nextToken()));
    }
    return object;
  }

  private static @Nullable Object readValue(JsonParser json, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> readObject(json);
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken t = json.nextToken(); t != JsonToken.END_ARRAY; t = json.nextToken()) {
          list.add(readValue(json, t));
        }
        yield list;
      }
      case VALUE_STRING -> json.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> json.getLongValue();
      case VALUE_NUMBER_FLOAT -> json.getText();
      default -> null;
    };
  }

  /** A string that has to be there and not empty. */
  String text(String name) throws RefusedException {
    String text = textOrNull(name);
    if (text == null || text.isEmpty()) {
      throw RefusedException.badRequest("'" + name + "' is missing");
    }
    return text;
  }

  /** A string; null if it is not there or something else. */
  public @Nullable String textOrNull(String name) {
    return members.get(name) instanceof String text ? text : null;
  }

  /** A boolean; null if it is not there or something else. */
  public @Nullable Boolean booleanOrNull(String name) {
    return members.get(name) instanceof Boolean value ? value : null;
  }

  /** An object that has to be there. */
  JsonObject object(String name) throws RefusedException {
    if (members.get(name) instanceof JsonObject object) {
      return object;
    }
    throw RefusedException.badRequest("'" + name + "' is missing");
  }

  /** The objects of an array; nothing if it is not there. */
  List<JsonObject> objects(String name) {
    return elements(name, JsonObject.class);
  }

  /** The strings of an array; nothing if it is not there. */
  List<String> texts(String name) {
    return elements(name, String.class);
  }

  private <T> List<T> elements(String name, Class<T> type) {
    List<T> elements = new ArrayList<>();
    if (members.get(name) instanceof List<?> list) {
      for (Object element : list) {
        if (type.isInstance(element)) {
          elements.add(type.cast(element));
        }
      }
    }
    return elements;
  }
}
