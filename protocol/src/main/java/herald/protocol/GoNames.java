package herald.protocol;

/**
 * How Go's {@code encoding/json} reads names and strings, where that differs from other parsers.
 * The platform's API server is written in Go, and what it has stored follows from its reading.
 */
final class GoNames {
  private static final char LONG_S = '\u017f';
  private static final char KELVIN_SIGN = '\u212a';
  private static final char REPLACEMENT = '\ufffd';

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

  /** A string as Go stores it: each surrogate without its other half becomes U+FFFD. */
  static String text(String text) {
    StringBuilder replaced = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
        continue;
      }
      if (replaced == null) {
        replaced = new StringBuilder(text);
      }
      replaced.setCharAt(i, REPLACEMENT);
    }
    return replaced == null ? text : replaced.toString();
  }
}
