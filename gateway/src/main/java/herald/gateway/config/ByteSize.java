package herald.gateway.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, as operators write it: {@code 512}, {@code 64k}, {@code 256m}, {@code 2g},
 * where k is 1024.
 */
public record ByteSize(long bytes) {
  private static final String EXPECTED = "a size like 512, 64k, 256m or 2g";
  private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([kmg]?)");
  private static final String UNITS = "kmg";
  private static final int BITS_PER_UNIT = 10;

  /** Refuses a negative number. */
  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is " + bytes + " bytes (expected: 0 or more)");
    }
  }

  /** This many times 1024 bytes. */
  public static ByteSize ofKibibytes(int kibibytes) {
    return new ByteSize((long) kibibytes << BITS_PER_UNIT);
  }

  /** This many times 1024 times 1024 bytes. */
  public static ByteSize ofMebibytes(int mebibytes) {
    return new ByteSize((long) mebibytes << (2 * BITS_PER_UNIT));
  }

  /**
   * Reads a size.
   *
   * @throws IllegalArgumentException with one sentence that names the value
   */
  public static ByteSize parse(String text) {
    Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not " + EXPECTED);
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    int shift = unit.isEmpty() ? 0 : BITS_PER_UNIT * (UNITS.indexOf(unit) + 1);
    if (number > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException(
          "'" + text + "' is too large (expected: " + EXPECTED + ")");
    }
    return new ByteSize(number << shift);
  }

  /** As an operator writes it, with the largest unit that needs no fraction. */
  @Override
  public String toString() {
    int unit = UNITS.length();
    while (unit > 0 && (bytes == 0 || bytes % (1L << (unit * BITS_PER_UNIT)) != 0)) {
      unit--;
    }
    return (bytes >> (unit * BITS_PER_UNIT)) + (unit == 0 ? "" : UNITS.substring(unit - 1, unit));
  }
}
