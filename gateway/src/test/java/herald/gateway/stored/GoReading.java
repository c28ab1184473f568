package herald.gateway.stored;

import herald.gateway.stored.GoJson.Arr;
import herald.gateway.stored.GoJson.Member;
import herald.gateway.stored.GoJson.Null;
import herald.gateway.stored.GoJson.Num;
import herald.gateway.stored.GoJson.Obj;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model of what the platform's API server, which is written in Go, reads from a signed text.
 *
 * @param method empty if there is none
 * @param currentUserId empty if there is none
 * @param params of a method that the server knows: a text that is absent is empty, an optional
 *     value null; arrays are not in it
 */
record GoReading(String method, String currentUserId, Map<String, @Nullable Object> params) {

  private enum Type {
    TEXT,
    OPTIONAL_TEXT,
    OPTIONAL_BOOLEAN,
    TEXTS,
    INVITES
  }

  private static final Map<String, Type> CHAT = Map.of("chat_id", Type.TEXT);
  private static final Map<String, Type> USER = Map.of("user_id", Type.TEXT);
  private static final Map<String, Type> INVITE =
      Map.of("user_id", Type.TEXT, "invite_code", Type.TEXT);
  private static final Map<String, Map<String, Type>> METHODS =
      Map.of(
          "chat.message",
          Map.of(
              "chat_id", Type.TEXT,
              "message_id", Type.TEXT,
              "message", Type.TEXT,
              "is_plaintext", Type.OPTIONAL_BOOLEAN,
              "parent_message_id", Type.OPTIONAL_TEXT,
              "audience", Type.OPTIONAL_TEXT),
          "chat.react",
          Map.of("chat_id", Type.TEXT, "message_id", Type.TEXT, "reaction", Type.OPTIONAL_TEXT),
          "chat.blast",
          Map.of(
              "blast_id", Type.TEXT,
              "audience", Type.TEXT,
              "audience_content_id", Type.OPTIONAL_TEXT,
              "audience_content_type", Type.OPTIONAL_TEXT,
              "message", Type.TEXT),
          "chat.create",
          Map.of("chat_id", Type.TEXT, "invites", Type.INVITES),
          "chat.permit",
          Map.of("permit", Type.TEXT, "permit_list", Type.TEXTS, "allow", Type.OPTIONAL_BOOLEAN),
          "chat.read",
          CHAT,
          "chat.delete",
          CHAT,
          "chat.block",
          USER,
          "chat.unblock",
          USER);

  /** The server refuses the text. */
  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;
  }

  /** What the server reads; empty if it refuses the text for what it is. */
  static Optional<GoReading> of(String text) {
    try {
      Obj rpc = object(GoJson.read(text));
      String method = text(rpc, "method");
      String currentUserId = text(rpc, "current_user_id");
      requireInteger(rpc, "timestamp");
      Map<String, Type> fields = METHODS.get(method);
      return Optional.of(
          new GoReading(
              method,
              currentUserId,
              fields == null ? Map.of() : read(object(last(rpc, "params")), fields)));
    } catch (GoJson.MalformedException | RefusedException e) {
      return Optional.empty();
    }
  }

  /** Whether the server knows the method. */
  boolean isKnown() {
    return METHODS.containsKey(method);
  }

  /** A text of the params. */
  String param(String name) {
    return String.valueOf(params.get(name));
  }

  private static Map<String, @Nullable Object> read(Obj object, Map<String, Type> fields)
      throws RefusedException {
    Map<String, @Nullable Object> values = new HashMap<>();
    for (Map.Entry<String, Type> field : fields.entrySet()) {
      String name = field.getKey();
      switch (field.getValue()) {
        case TEXT -> values.put(name, text(object, name));
        case OPTIONAL_TEXT -> values.put(name, optional(object, name, String.class));
        case OPTIONAL_BOOLEAN -> values.put(name, optional(object, name, Boolean.class));
        case TEXTS -> requireElements(object, name, String.class);
        case INVITES -> requireElements(object, name, Obj.class);
      }
    }
    return values;
  }

  private static Obj object(Object value) throws RefusedException {
    if (value == Null.NULL) {
      return new Obj(java.util.List.of());
    }
    require(value instanceof Obj);
    return (Obj) value;
  }

  private static Object last(Obj object, String field) throws RefusedException {
    Object last = null;
    for (Member member : object.members()) {
      last = matches(member.name(), field) ? member.value() : last;
    }
    if (last == null) {
      throw new RefusedException();
    }
    return last;
  }

  private static String text(Obj object, String field) throws RefusedException {
    String text = "";
    for (Member member : object.members()) {
      if (matches(member.name(), field) && member.value() != Null.NULL) {
        require(member.value() instanceof String);
        text = (String) member.value();
      }
    }
    return text;
  }

  private static <T> @Nullable T optional(Obj object, String field, Class<T> type)
      throws RefusedException {
    T value = null;
    for (Member member : object.members()) {
      if (matches(member.name(), field)) {
        require(member.value() == Null.NULL || type.isInstance(member.value()));
        value = member.value() == Null.NULL ? null : type.cast(member.value());
      }
    }
    return value;
  }

  private static void requireElements(Obj object, String field, Class<?> type)
      throws RefusedException {
    for (Member member : object.members()) {
      if (matches(member.name(), field) && member.value() != Null.NULL) {
        require(member.value() instanceof Arr);
        for (Object element : ((Arr) member.value()).elements()) {
          require(element == Null.NULL || type.isInstance(element));
          if (element instanceof Obj invite) {
            read(invite, INVITE);
          }
        }
      }
    }
  }

  private static void requireInteger(Obj object, String field) throws RefusedException {
    for (Member member : object.members()) {
      if (matches(member.name(), field) && member.value() != Null.NULL) {
        require(member.value() instanceof Num number && isLong(number.digits()));
      }
    }
  }

  private static boolean isLong(String digits) {
    try {
      Long.parseLong(digits);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** As Go's bytes.EqualFold has it, for a field of ASCII letters and underscores. */
  private static boolean matches(String name, String field) {
    boolean isSame = name.length() == field.length();
    for (int i = 0; isSame && i < field.length(); i++) {
      char c = name.charAt(i);
      isSame =
          switch (field.charAt(i)) {
            case '_' -> c == '_';
            case 's' -> c == 's' || c == 'S' || c == '\u017f';
            case 'k' -> c == 'k' || c == 'K' || c == '\u212a';
            default -> c == field.charAt(i) || c == field.charAt(i) - 32;
          };
    }
    return isSame;
  }

  private static void require(boolean isRight) throws RefusedException {
    if (!isRight) {
      throw new RefusedException();
    }
  }
}
