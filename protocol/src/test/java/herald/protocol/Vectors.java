package herald.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads the contract's test cases, and any JSON, into maps, lists, strings, longs and booleans. */
final class Vectors {
  private static final JsonFactory JSON = new JsonFactory();

  private Vectors() {}

  /** The members of {@code vectors/name.json}. */
  static Map<String, Object> load(String name) {
    try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + name + ".json");
        JsonParser json = JSON.createParser(Objects.requireNonNull(in, name))) {
      json.nextToken();
      return asObject(value(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cases of {@code vectors/name.json}; there must be some. */
  static List<Map<String, Object>> cases(String name) {
    List<?> cases = (List<?>) Objects.requireNonNull(load(name).get("cases"));
    if (cases.isEmpty()) {
      throw new AssertionError(name + " holds no case");
    }
    return cases.stream().map(Vectors::asObject).toList();
  }

  static Object parse(String text) {
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      Object value = value(json);
      if (json.nextToken() != null) {
        throw new AssertionError("something follows the value");
      }
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> asObject(Object value) {
    return (Map<String, Object>) value;
  }

  static String text(Map<String, Object> object, String name) {
    return (String) Objects.requireNonNull(object.get(name), name);
  }

  static long number(Map<String, Object> object, String name) {
    return (Long) Objects.requireNonNull(object.get(name), name);
  }

  private static final Object NULL = new Object();

  private static Object value(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String name = json.currentName();
          json.nextToken();
          object.put(name, value(json));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(json));
        }
        yield array;
      }
      case VALUE_STRING -> json.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> NULL;
      // A number too long for a long stays a text.
      case VALUE_NUMBER_INT ->
          json.getTextLength() <= 20 && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
              ? json.getLongValue()
              : json.getText();
      default -> json.getText();
    };
  }
}
