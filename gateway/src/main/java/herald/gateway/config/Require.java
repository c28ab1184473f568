package herald.gateway.config;

import java.time.Duration;

/** Refuses a setting with one sentence that names the value and what was expected. */
final class Require {
  /** Milliseconds of a timeout are an int in many places, of ours and of the libraries. */
  private static final Duration LONGEST_TIMEOUT = Duration.ofDays(24);

  /** Nanoseconds are a long, in which 292 years have room. */
  private static final Duration LONGEST_AGE = Duration.ofDays(3_650);

  private Require() {}

  static void atLeast(String name, long value, long least, String unit) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + " is " + with(value, unit) + " (expected: " + with(least, unit) + " or more)");
    }
  }

  /** A time that something may take. */
  static void timeout(String name, Duration value, Duration least) {
    between(name, value, least, LONGEST_TIMEOUT);
  }

  /** A time that may be as long as data is old. */
  static void age(String name, Duration value, Duration least) {
    between(name, value, least, LONGEST_AGE);
  }

  private static void between(String name, Duration value, Duration least, Duration most) {
    // Compared as durations: what somebody has mistyped may have too many milliseconds for a long.
    if (value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name + " is " + value.toDays() + " days (expected: " + most.toDays() + " days or less)");
    }
    atLeast(name, value.toMillis(), least.toMillis(), "ms");
  }

  /** A size that has to fit into an int, as those of buffers do. */
  static void buffer(String name, ByteSize value, int leastBytes) {
    atLeast(name, value.bytes(), leastBytes, "bytes");
    if (value.bytes() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          name + " is " + value.bytes() + " bytes (expected: less than 2g)");
    }
  }

  static void longer(String name, Duration value, String otherName, Duration other) {
    greater(name, value.toMillis(), otherName, other.toMillis(), "ms");
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
