package herald.gateway.demo.api;

import herald.protocol.HashIds;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Texts as the platform's API server, which is written in Go, takes them. */
final class GoText {
  /** Beside the capitals, the two letters whose simple case folding is an ASCII letter. */
  private static final char LONG_S = '\u017f';

  private static final char KELVIN_SIGN = '\u212a';
  private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]+");
  private static final char REPLACEMENT = '\ufffd';

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

  /** A text in which each half of a surrogate pair that stands alone has become U+FFFD. */
  static String wellFormed(String text) {
    StringBuilder wellFormed = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
        i++;
      } else {
        wellFormed.setCharAt(i, REPLACEMENT);
      }
    }
    return wellFormed.toString();
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
