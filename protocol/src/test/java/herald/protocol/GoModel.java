package herald.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A second, slower reading of an rpc with Go's rules: all members are kept in their order, and the
 * rules are applied to the list afterwards.
 */
final class GoModel {
  private static final Object SOMETHING_ELSE = new Object();
  private static final Object NULL = new Object();
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(10_000)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final List<Member> members = new ArrayList<>();

  /**
   * @param value a String, a GoModel, NULL or SOMETHING_ELSE
   */
  private record Member(String foldedName, Object value) {}

  static GoModel of(String text) {
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      return read(json, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GoModel read(JsonParser json, boolean isTop) throws IOException {
    GoModel object = new GoModel();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = fold(json.currentName());
      JsonToken token = json.nextToken();
      Object value = SOMETHING_ELSE;
      if (token == JsonToken.VALUE_STRING) {
        value = json.getText().replaceAll("[\\ud800-\\udfff]", "\ufffd");
      } else if (token == JsonToken.VALUE_NULL) {
        value = NULL;
      } else if (token == JsonToken.START_OBJECT && isTop && name.equals("params")) {
        value = read(json, false);
      } else {
        json.skipChildren();
      }
      object.members.add(new Member(name, value));
    }
    return object;
  }

  private static String fold(String name) {
    return name.replace('\u017f', 's').replace('\u212a', 'k').toLowerCase(Locale.ROOT);
  }

  /** A plain string of Go: a null does not count. */
  @Nullable String text(String name, @Nullable String ifAbsent) {
    String text = ifAbsent;
    for (Member member : members) {
      if (member.foldedName.equals(name) && member.value != NULL) {
        text = member.value instanceof String value ? value : ifAbsent;
      }
    }
    return text;
  }

  @Nullable String paramsText(String name) {
    GoModel params = params();
    return params == null ? null : params.text(name, null);
  }

  @Nullable String reaction() {
    String reaction = null;
    for (Member member : Objects.requireNonNullElse(params(), new GoModel()).members) {
      if (member.foldedName.equals("reaction")) {
        reaction = member.value instanceof String value ? value : null;
      }
    }
    return reaction;
  }

  private @Nullable GoModel params() {
    GoModel params = null;
    for (Member member : members) {
      if (member.foldedName.equals("params")) {
        params = member.value instanceof GoModel value ? value : null;
      }
    }
    return params;
  }
}
