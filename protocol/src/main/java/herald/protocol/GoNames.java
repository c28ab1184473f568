package herald.protocol;

/**
 * How Go's {@code encoding/json} reads names and strings, where that differs from other parsers.
 * The platform's API server is written in Go, and what it has stored follows from its reading.
 */
final class GoNames {
  private static final char LONG_S = '\u017f';
  private static final char KELVIN_SIGN = '\u212a';
  private static final int ESCAPE_LENGTH = 6;
  private static final String REPLACEMENT = "\\ufffd";

  private GoNames() {}

  /**
   * Whether Go takes a member of this name for the field: case does not matter, by Unicode's simple
   * folding, in which the long s is an s and the Kelvin sign a k.
   *
   * @param field in ASCII lower case
   */
  static boolean isField(String name, String field) {
    if (name.length() != field.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (fold(name.charAt(i)) != field.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static char fold(char c) {
    if (c >= 'A' && c <= 'Z') {
      return (char) (c + ('a' - 'A'));
    }
    return c == LONG_S ? 's' : c == KELVIN_SIGN ? 'k' : c;
  }

  /**
   * A JSON text as Go reads its strings: each escape for half a surrogate pair that stands alone
   * has become that of U+FFFD. Other parsers hand the half on, and refuse it in a name.
   */
  static String withoutHalfPairs(String json) {
    StringBuilder replaced = null;
    int at = json.indexOf('\\');
    while (at >= 0) {
      int length = 2;
      int unit = escapedUnit(json, at);
      if (unit >= 0 && Character.isSurrogate((char) unit)) {
        length = ESCAPE_LENGTH;
        int next = escapedUnit(json, at + ESCAPE_LENGTH);
        if (next >= 0 && Character.isSurrogatePair((char) unit, (char) next)) {
          length += ESCAPE_LENGTH;
        } else {
          replaced = replaced == null ? new StringBuilder(json) : replaced;
          replaced.replace(at, at + ESCAPE_LENGTH, REPLACEMENT);
        }
      }
      at = json.indexOf('\\', at + length);
    }
    return replaced == null ? json : replaced.toString();
  }

  /** The UTF-16 unit that an escape at this place stands for; -1 if there is no such escape. */
  private static int escapedUnit(String json, int at) {
    if (at + ESCAPE_LENGTH > json.length()
        || json.charAt(at) != '\\'
        || json.charAt(at + 1) != 'u') {
      return -1;
    }
    int unit = 0;
    for (int i = at + 2; i < at + ESCAPE_LENGTH; i++) {
      int digit = Character.digit(json.charAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }
}
