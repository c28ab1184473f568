package herald.protocol;

/** Integers as Go's {@code strconv.ParseInt(text, 0, 64)} reads them. */
public final class GoIntegers {
  private static final int LONGEST_TEXT = 128;

  private GoIntegers() {}

  /**
   * Reads a number whose base its prefix says: {@code 0x}, {@code 0b}, {@code 0o} or {@code 0},
   * else decimal. An underscore may stand between digits, and between the prefix and a digit.
   *
   * @throws NumberFormatException for anything else, with a message that does not hold the text
   */
  public static long parseBase0(String text) {
    if (text.isEmpty() || text.length() > LONGEST_TEXT) {
      throw notANumber();
    }
    boolean signed = text.charAt(0) == '-' || text.charAt(0) == '+';
    String unsigned = signed ? text.substring(1) : text;
    int base = 10;
    int begin = 0;
    if (unsigned.startsWith("0") && unsigned.length() > 1) {
      switch (unsigned.charAt(1)) {
        case 'x', 'X' -> base = 16;
        case 'b', 'B' -> base = 2;
        default -> base = 8;
      }
      boolean isLetter = "xXbBoO".indexOf(unsigned.charAt(1)) >= 0;
      begin = isLetter ? 2 : 1;
    }
    return Long.parseLong((text.charAt(0) == '-' ? "-" : "") + digits(unsigned, begin, base), base);
  }

  /**
   * The digits without their underscores, each of which must stand before a digit and after one.
   */
  private static String digits(String unsigned, int begin, int base) {
    StringBuilder digits = new StringBuilder(unsigned.length());
    boolean underscoreAllowed = begin > 0;
    for (int i = begin; i < unsigned.length(); i++) {
      char c = unsigned.charAt(i);
      if (c == '_') {
        if (!underscoreAllowed || i + 1 == unsigned.length()) {
          throw notANumber();
        }
        underscoreAllowed = false;
      } else if (c < 128 && Character.digit(c, base) >= 0) {
        digits.append(c);
        underscoreAllowed = true;
      } else {
        throw notANumber();
      }
    }
    if (digits.isEmpty()) {
      throw notANumber();
    }
    return digits.toString();
  }

  private static NumberFormatException notANumber() {
    return new NumberFormatException("not an integer");
  }
}
