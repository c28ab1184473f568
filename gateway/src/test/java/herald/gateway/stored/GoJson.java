package herald.gateway.stored;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSON as a tree that keeps every member, also those of the same name, in their order. The model's
 * own reader, so that no mistake of the project's readers is in it. Not thread safe.
 */
final class GoJson {
  /** How deep Go's encoding/json reads. */
  private static final int MAX_NESTING = 10_000;

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*+)(\\.[0-9]++)?([eE][+-]?[0-9]++)?");

  /** A value is a text, a boolean, or one of these. */
  record Num(String digits) {}

  record Member(String name, Object value) {}

  record Obj(List<Member> members) {}

  record Arr(List<Object> elements) {}

  enum Null {
    NULL
  }

  /** The text is no JSON, or too deep. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;
  }

  private final String text;
  private final Deque<Object> open = new ArrayDeque<>();
  private final Deque<String> names = new ArrayDeque<>();
  private int at;

  private GoJson(String text) {
    this.text = text;
  }

  static Object read(String text) throws MalformedException {
    return new GoJson(text).read();
  }

  private Object read() throws MalformedException {
    while (true) {
      Object value = beginValue();
      while (value != this) {
        if (open.isEmpty()) {
          return end(value);
        }
        add(value);
        value = afterElement();
      }
    }
  }

  /** Reads a whole value, or opens one and returns this. */
  private Object beginValue() throws MalformedException {
    skipSpace();
    char c = peek();
    if (c == '{' || c == '[') {
      at++;
      open.push(c == '{' ? new Obj(new ArrayList<>()) : new Arr(new ArrayList<>()));
      require(open.size() <= MAX_NESTING);
      skipSpace();
      if (peek() == (c == '{' ? '}' : ']')) {
        at++;
        return open.pop();
      }
      if (c == '{') {
        readName();
      }
      return this;
    }
    return scalar();
  }

  private void add(Object value) {
    if (open.element() instanceof Obj object) {
      object.members.add(new Member(names.pop(), value));
    } else if (open.element() instanceof Arr array) {
      array.elements.add(value);
    }
  }

  /** Behind an element: this if another follows, else what has been closed. */
  private Object afterElement() throws MalformedException {
    skipSpace();
    char c = peek();
    at++;
    boolean isObject = open.element() instanceof Obj;
    if (c == ',') {
      if (isObject) {
        skipSpace();
        readName();
      }
      return this;
    }
    require(c == (isObject ? '}' : ']'));
    return open.pop();
  }

  private Object end(Object value) throws MalformedException {
    skipSpace();
    require(at == text.length());
    return value;
  }

  private void readName() throws MalformedException {
    require(peek() == '"');
    names.push(string());
    skipSpace();
    require(peek() == ':');
    at++;
  }

  private Object scalar() throws MalformedException {
    switch (peek()) {
      case '"' -> {
        return string();
      }
      case 't' -> {
        return word("true", true);
      }
      case 'f' -> {
        return word("false", false);
      }
      case 'n' -> {
        return word("null", Null.NULL);
      }
      default -> {
        Matcher number = NUMBER.matcher(text).region(at, text.length());
        require(number.lookingAt());
        at = number.end();
        return new Num(number.group());
      }
    }
  }

  private Object word(String word, Object value) throws MalformedException {
    require(text.startsWith(word, at));
    at += word.length();
    return value;
  }

  private String string() throws MalformedException {
    StringBuilder string = new StringBuilder();
    at++;
    while (peek() != '"') {
      char c = peek();
      at++;
      require(c >= ' ');
      string.append(c == '\\' ? escaped() : c);
    }
    at++;
    // Half a surrogate pair becomes the replacement character.
    int[] wellFormed =
        string.codePoints().map(c -> c >= 0xd800 && c <= 0xdfff ? 0xfffd : c).toArray();
    return new String(wellFormed, 0, wellFormed.length);
  }

  private char escaped() throws MalformedException {
    char c = peek();
    at++;
    if (c != 'u') {
      int place = "\"\\/bfnrt".indexOf(c);
      require(place >= 0);
      return "\"\\/\b\f\n\r\t".charAt(place);
    }
    require(at + 4 <= text.length() && text.substring(at, at + 4).matches("[0-9a-fA-F]{4}"));
    at += 4;
    return (char) Integer.parseInt(text.substring(at - 4, at), 16);
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws MalformedException {
    require(at < text.length());
    return text.charAt(at);
  }

  private static void require(boolean isRight) throws MalformedException {
    if (!isRight) {
      throw new MalformedException();
    }
  }
}
