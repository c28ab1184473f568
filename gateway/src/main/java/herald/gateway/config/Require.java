package herald.gateway.config;

/** Refuses a setting with one sentence that names the value and what was expected. */
final class Require {
  private Require() {}

  static void atLeast(String name, long value, long least, String unit) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + " is " + with(value, unit) + " (expected: " + with(least, unit) + " or more)");
    }
  }

  static void greater(String name, long value, String otherName, long other, String unit) {
    if (value <= other) {
      throw new IllegalArgumentException(
          name
              + " is "
              + with(value, unit)
              + " (expected: more than the "
              + otherName
              + " of "
              + with(other, unit)
              + ")");
    }
  }

  private static String with(long value, String unit) {
    return unit.isEmpty() ? Long.toString(value) : value + " " + unit;
  }
}
