package herald.demo.api;

import herald.protocol.HashIds;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts as the platform's API server, which is written in Go, takes them. */
final class GoText {
  /** Beside the capitals, the two letters whose simple case folding is an ASCII letter. */
  private static final char LONG_S = '\u017f';

  private static final char KELVIN_SIGN = '\u212a';
  private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern UNIT_ESCAPE = Pattern.compile("\\\\u[0-9a-fA-F]{4}");
  private static final int ESCAPE_LENGTH = 6;
  private static final String REPLACEMENT = "\\ufffd";

  private GoText() {}

  /**
   * A name in the one form of all that Go takes for the same. Only names that the API knows are
   * looked for, and those are ASCII: how other letters fold makes no difference.
   */
  static String fold(String name) {
    StringBuilder folded = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        c = (char) (c + 'a' - 'A');
      } else if (c == LONG_S) {
        c = 's';
      } else if (c == KELVIN_SIGN) {
        c = 'k';
      }
      folded.append(c);
    }
    return folded.toString();
  }

  /**
   * A JSON text in which each escape for half a surrogate pair, where it stands alone, has become
   * that of U+FFFD. Parsers for Java refuse some of them or hand the half on.
   */
  static String withWellFormedEscapes(String json) {
    StringBuilder wellFormed = new StringBuilder(json);
    int at = json.indexOf('\\');
    while (at >= 0) {
      int length = 2;
      int unit = escapedUnit(json, at);
      if (unit >= 0 && Character.isSurrogate((char) unit)) {
        int next = escapedUnit(json, at + ESCAPE_LENGTH);
        if (next >= 0 && Character.isSurrogatePair((char) unit, (char) next)) {
          length = 2 * ESCAPE_LENGTH;
        } else {
          wellFormed.replace(at, at + ESCAPE_LENGTH, REPLACEMENT);
        }
      }
      at = json.indexOf('\\', at + length);
    }
    return wellFormed.toString();
  }

  /** The UTF-16 unit that an escape at this place stands for; -1 if there is no such escape. */
  private static int escapedUnit(String json, int at) {
    Matcher escape = UNIT_ESCAPE.matcher(json);
    return at + ESCAPE_LENGTH <= json.length() && escape.region(at, at + ESCAPE_LENGTH).matches()
        ? Integer.parseInt(json, at + 2, at + ESCAPE_LENGTH, 16)
        : -1;
  }

  /** A decimal number, which may have a sign, else a hash id; empty for anything else. */
  static OptionalLong id(String text) {
    try {
      if (DECIMAL.matcher(text).matches()) {
        return OptionalLong.of(Long.parseLong(text));
      }
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
    OptionalInt id = HashIds.decode(text);
    return id.isPresent() ? OptionalLong.of(id.getAsInt()) : OptionalLong.empty();
  }
}
