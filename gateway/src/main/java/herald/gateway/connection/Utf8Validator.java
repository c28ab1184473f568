package herald.gateway.connection;

import io.netty.buffer.ByteBuf;

/**
 * Checks UTF-8 (RFC 3629) piece by piece, and fails at the first byte that can't continue any valid
 * text. Holds at most one unfinished character. Event loop.
 */
final class Utf8Validator {
  private static final long NON_ASCII_IN_8_BYTES = 0x8080808080808080L;

  /** How many continuation bytes are still expected. */
  private int missing;

  /** The bounds of the next continuation byte; narrower than usual after E0, ED, F0 and F4. */
  private int low = 0x80;

  private int high = 0xBF;

  /** Checks the bytes from {@code begin} to {@code end}; false if they can't be UTF-8. */
  boolean accept(ByteBuf bytes, int begin, int end) {
    int index = begin;
    while (index < end) {
      if (missing == 0
          && end - index >= Long.BYTES
          && (bytes.getLong(index) & NON_ASCII_IN_8_BYTES) == 0) {
        index += Long.BYTES;
      } else if (!accept(bytes.getByte(index++) & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the text ends with a whole character. The next byte begins another text. */
  boolean finish() {
    boolean whole = missing == 0;
    missing = 0;
    low = 0x80;
    high = 0xBF;
    return whole;
  }

  private boolean accept(int b) {
    if (missing > 0) {
      if (b < low || b > high) {
        return false;
      }
      missing--;
      low = 0x80;
      high = 0xBF;
      return true;
    }
    if (b < 0x80) {
      return true;
    }
    if (b < 0xC2 || b > 0xF4) {
      return false;
    }
    missing = b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3;
    low = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
    high = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
    return true;
  }
}
