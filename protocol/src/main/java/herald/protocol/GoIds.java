package herald.protocol;

import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Ids of users as the platform's API server reads them from a signed text. Any thread. */
public final class GoIds {
  private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]+");

  private GoIds() {}

  /**
   * A decimal number, which may have a sign, else a hash id. A hash id that consists of digits is a
   * number here, other than in {@link HashIds#decode}.
   *
   * @return empty for anything else, and for a number that is no user's id
   */
  public static OptionalInt userId(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      return HashIds.decode(text);
    }
    try {
      int id = Integer.parseInt(text);
      return id > 0 ? OptionalInt.of(id) : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
