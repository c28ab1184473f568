package herald.demo.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that a client has sent, read as the platform's API server reads one. That is
 * written in Go, and Go's encoding/json decodes a member into the field of its name whatever the
 * case of the name, each occurrence over the one before; {@code null} leaves a text as it was and
 * makes an optional value absent; a value of another type refuses the whole. Members that nobody
 * asks for may be anything. Not thread safe.
 */
public final class JsonObject {
  /** What Go reads at most, in its encoding/json. */
  private static final int MAX_NESTING = 10_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  /**
   * A value as it stands.
   *
   * @param kind its first token
   * @param text the value of a string; else the JSON text
   */
  private record Value(JsonToken kind, String text) {}

  private record Member(String foldedName, Value value) {}

  private final List<Member> members = new ArrayList<>();

  private JsonObject() {}

  /** Reads one object; {@code null} is one without members. The caller has bounded the text. */
  static JsonObject parse(String signedText) throws RefusedException {
    String text = GoText.withWellFormedEscapes(signedText);
    try (JsonParser json = JSON.createParser(text)) {
      JsonToken first = json.nextToken();
      if (first == JsonToken.START_OBJECT || first == JsonToken.VALUE_NULL) {
        JsonObject object = new JsonObject();
        if (first == JsonToken.START_OBJECT) {
          object.addMembers(json, text);
        }
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

  private void addMembers(JsonParser json, String text) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = GoText.fold(json.currentName());
      json.nextToken();
      members.add(new Member(name, readValue(json, text)));
    }
  }

  /** Reads the value at the parser, without descending into it: it may be deep. */
  private static Value readValue(JsonParser json, String text) throws IOException {
    JsonToken kind = json.currentToken();
    if (kind == JsonToken.VALUE_STRING) {
      return new Value(kind, json.getText());
    }
    if (kind.isScalarValue()) {
      return new Value(kind, json.getText());
    }
    long begin = json.currentTokenLocation().getCharOffset();
    json.skipChildren();
    long end = json.currentLocation().getCharOffset();
    return new Value(kind, text.substring((int) begin, (int) end));
  }

  /** The values of a member in their order, one for each time that it is there. */
  private List<Value> values(String name) {
    return members.stream()
        .filter(member -> member.foldedName.equals(name))
        .map(Member::value)
        .toList();
  }

  /** A text; empty if it is not there. */
  String text(String name) throws RefusedException {
    return text(name, values(name));
  }

  private static String text(String name, List<Value> values) throws RefusedException {
    String text = "";
    for (Value value : values) {
      if (value.kind == JsonToken.VALUE_STRING) {
        text = value.text;
      } else if (value.kind != JsonToken.VALUE_NULL) {
        throw wrongType(name, "text");
      }
    }
    return text;
  }

  /** A text that need not be there. */
  @Nullable String optionalText(String name) throws RefusedException {
    Value value = optional(name, "text", JsonToken.VALUE_STRING, JsonToken.VALUE_STRING);
    return value == null ? null : value.text;
  }

  /** A boolean that need not be there. */
  @Nullable Boolean optionalBoolean(String name) throws RefusedException {
    Value value = optional(name, "boolean", JsonToken.VALUE_TRUE, JsonToken.VALUE_FALSE);
    return value == null ? null : value.kind == JsonToken.VALUE_TRUE;
  }

  private @Nullable Value optional(String name, String type, JsonToken kind, JsonToken orKind)
      throws RefusedException {
    Value last = null;
    for (Value value : values(name)) {
      if (value.kind != kind && value.kind != orKind && value.kind != JsonToken.VALUE_NULL) {
        throw wrongType(name, type);
      }
      last = value.kind == JsonToken.VALUE_NULL ? null : value;
    }
    return last;
  }

  /** Refuses a member that is there and no whole number of 64 bits. */
  void requireInteger(String name) throws RefusedException {
    for (Value value : values(name)) {
      try {
        if (value.kind == JsonToken.VALUE_NUMBER_INT) {
          Long.parseLong(value.text);
        } else if (value.kind != JsonToken.VALUE_NULL) {
          throw wrongType(name, "whole number");
        }
      } catch (NumberFormatException e) {
        throw wrongType(name, "whole number");
      }
    }
  }

  /** An object that has to be there, the last of its name; {@code null} has no members. */
  JsonObject object(String name) throws RefusedException {
    List<Value> values = values(name);
    if (values.isEmpty()) {
      throw RefusedException.badRequest("'" + name + "' is missing");
    }
    return object(name, values.subList(values.size() - 1, values.size()));
  }

  /** The objects of an array; nothing if it is not there. */
  List<JsonObject> objects(String name) throws RefusedException {
    List<JsonObject> objects = new ArrayList<>();
    for (List<Value> element : elements(name)) {
      objects.add(object(name, element));
    }
    return objects;
  }

  /** The texts of an array; nothing if it is not there. */
  List<String> texts(String name) throws RefusedException {
    List<String> texts = new ArrayList<>();
    for (List<Value> element : elements(name)) {
      texts.add(text(name, element));
    }
    return texts;
  }

  /**
   * For each element of an array the values that are decoded into it, one over the other. Where the
   * array is there more than once, Go keeps the elements of the one before, also those beyond the
   * end of a shorter one, and decodes into them.
   */
  private List<List<Value>> elements(String name) throws RefusedException {
    List<List<Value>> elements = new ArrayList<>();
    int length = 0;
    for (Value array : values(name)) {
      List<Value> decoded = arrayElements(name, array);
      if (decoded.isEmpty()) {
        elements.clear();
      }
      length = decoded.size();
      for (int i = 0; i < length; i++) {
        if (i == elements.size()) {
          elements.add(new ArrayList<>());
        }
        elements.get(i).add(decoded.get(i));
      }
    }
    return elements.subList(0, length);
  }

  private static List<Value> arrayElements(String name, Value array) throws RefusedException {
    List<Value> elements = new ArrayList<>();
    if (array.kind == JsonToken.VALUE_NULL) {
      return elements;
    }
    if (array.kind != JsonToken.START_ARRAY) {
      throw wrongType(name, "array");
    }
    try (JsonParser json = JSON.createParser(array.text)) {
      json.nextToken();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        elements.add(readValue(json, array.text));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("it was read before", e);
    }
    return elements;
  }

  private static JsonObject object(String name, List<Value> values) throws RefusedException {
    JsonObject object = new JsonObject();
    for (Value value : values) {
      if (value.kind == JsonToken.START_OBJECT) {
        object.members.addAll(parse(value.text).members);
      } else if (value.kind != JsonToken.VALUE_NULL) {
        throw wrongType(name, "object");
      }
    }
    return object;
  }

  private static RefusedException wrongType(String name, String expected) {
    return RefusedException.badRequest("'" + name + "' is no " + expected);
  }

  /** For who does not mind the type: a text, or null. */
  public @Nullable String textOrNull(String name) {
    try {
      return optionalText(name);
    } catch (RefusedException e) {
      return null;
    }
  }

  /** For who does not mind the type: a boolean, or null. */
  public @Nullable Boolean booleanOrNull(String name) {
    try {
      return optionalBoolean(name);
    } catch (RefusedException e) {
      return null;
    }
  }

  /** For who does not mind the type: an object, or null. */
  public @Nullable JsonObject objectOrNull(String name) {
    try {
      return object(name);
    } catch (RefusedException e) {
      return null;
    }
  }
}
