package herald.gateway.stored;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random ways to write the same JSON, and JSON that nobody asked for. Not thread safe. */
final class JsonTexts {
  private static final String[] SPACES = {"", "", "", " ", "\n", "\t \r\n"};
  private static final String[] ODD_STRINGS = {
    "\"\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\udfb5\\ud83c\"",
    "\"}{\\\"method\\\":\\\"chat.message\\\"\"",
    "\"\u017f\u212a\u0130\u0131\u2028\""
  };
  private static final String[] ODD_NUMBERS = {
    "0", "-0", "-1", "1.50", "1e3", "1E-400", "9223372036854775807", "9223372036854775808"
  };
  private static final int[] DEPTHS = {3, 3, 3, 3, 3, 20, 70, 600, 1_500, 9_000};

  private final Random random;

  JsonTexts(Random random) {
    this.random = random;
  }

  record Field(String name, String value) {}

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  <T> T any(T[] array) {
    return array[random.nextInt(array.length)];
  }

  private String space() {
    return any(SPACES);
  }

  /** An object of these members in this order. */
  String object(List<Field> fields) {
    StringBuilder object = new StringBuilder("{").append(space());
    String separator = "";
    for (Field field : fields) {
      object.append(separator).append(field.name).append(space()).append(':').append(space());
      object.append(field.value).append(space());
      separator = "," + space();
    }
    return object.append('}').toString();
  }

  /** A name that Go takes for the same, in quotes. */
  String sameName(String name) {
    if (chance(55)) {
      return '"' + name + '"';
    }
    StringBuilder same = new StringBuilder("\"");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      char other = c;
      if (c >= 'a' && c <= 'z' && chance(40)) {
        other = Character.toUpperCase(c);
      }
      if (c == 's' && chance(40)) {
        other = '\u017f';
      }
      if (c == 'k' && chance(40)) {
        other = '\u212a';
      }
      append(same, other, 15);
    }
    return same.append('"').toString();
  }

  /** A name that comes close and is another for Go, in quotes. */
  String otherName(String name) {
    return switch (random.nextInt(6)) {
      case 0 -> '"' + name + " \"";
      case 1 -> '"' + name.replace("_", "") + "x\"";
      case 2 -> '"' + name.replace('i', '\u0131') + "\\u0000\"";
      case 3 -> "\"\\ud800" + name + '"';
      case 4 -> "\"\"";
      default -> "\"\u212a\u017f" + random.nextInt(1_000) + '"';
    };
  }

  /** A text in quotes, some of its characters escaped. */
  String string(String text) {
    StringBuilder string = new StringBuilder("\"");
    int percent = chance(20) ? 100 : 5;
    text.codePoints()
        .forEach(
            c -> {
              // Both halves of a pair in one way: by itself a half has no UTF-8.
              int percentOfBoth = c > 0xffff ? (chance(percent) ? 100 : 0) : percent;
              for (char half : Character.toChars(c)) {
                append(string, half, percentOfBoth);
              }
            });
    return string.append('"').toString();
  }

  private void append(StringBuilder string, char c, int percentEscaped) {
    int place = "\"\\/\b\f\n\r\t".indexOf(c);
    if (place >= 0 && (c != '/' || chance(percentEscaped))) {
      string.append('\\').append("\"\\/bfnrt".charAt(place));
    } else if (c < ' ' || chance(percentEscaped)) {
      String hex = String.format("%04x", (int) c);
      string.append("\\u").append(chance(50) ? hex : hex.toUpperCase(java.util.Locale.ROOT));
    } else {
      string.append(c);
    }
  }

  /** Any JSON. */
  String junk() {
    return switch (random.nextInt(9)) {
      case 0 -> "null";
      case 1 -> chance(50) ? "true" : "false";
      case 2 -> any(ODD_NUMBERS);
      case 3, 4 -> any(ODD_STRINGS);
      case 5 -> "7".repeat(1 + random.nextInt(1_500));
      case 6 -> nested();
      default -> {
        List<Field> fields = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
          fields.add(new Field(sameName(chance(50) ? "chat_id" : "method"), any(ODD_STRINGS)));
        }
        yield object(fields);
      }
    };
  }

  private String nested() {
    int depth = DEPTHS[random.nextInt(DEPTHS.length)];
    boolean isArray = chance(50);
    return (isArray ? "[" : "{\"params\":").repeat(depth)
        + any(ODD_STRINGS)
        + (isArray ? "]" : "}").repeat(depth);
  }
}
