package herald.protocol;

import java.util.OptionalInt;
import org.hashids.Hashids;

/**
 * The platform's public form of a user id: the hashids scheme with the platform's salt and a
 * minimum length of five. Any thread.
 */
public final class HashIds {
  private static final int LONGEST_TEXT = 64;
  private static final Hashids SCHEME = new Hashids("azowernasdfoia", 5);

  private HashIds() {}

  /** The hash id of a user id, which is not negative. */
  public static String encode(int userId) {
    return SCHEME.encode(userId);
  }

  /**
   * Reads a hash id or a plain decimal number. A few hash ids consist of digits alone (24182 is
   * that of 1995278); such a text is read as the hash id, which is what clients send.
   *
   * @return empty for anything else; never throws
   */
  public static OptionalInt decode(String text) {
    if (text.isEmpty() || text.length() > LONGEST_TEXT) {
      return OptionalInt.empty();
    }
    OptionalInt hashed = hashed(text);
    return hashed.isPresent() ? hashed : decimal(text);
  }

  private static OptionalInt decimal(String text) {
    if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalInt.empty();
    }
    try {
      return OptionalInt.of(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  private static OptionalInt hashed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')) {
        return OptionalInt.empty();
      }
    }
    long[] numbers;
    try {
      numbers = SCHEME.decode(text);
    } catch (IllegalArgumentException e) {
      // A number that is larger than the library encodes.
      return OptionalInt.empty();
    }
    boolean isOneInt = numbers.length == 1 && numbers[0] >= 0 && numbers[0] <= Integer.MAX_VALUE;
    return isOneInt && encode((int) numbers[0]).equals(text)
        ? OptionalInt.of((int) numbers[0])
        : OptionalInt.empty();
  }
}
