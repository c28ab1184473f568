package herald.benchmarks.load;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How often each kind of event comes, as shares of the whole.
 *
 * @param chats messages in chats of two: one receiver
 * @param groups messages in groups: all members but the sender
 * @param blasts blasts of the artist: everybody
 */
public record Mix(int chats, int groups, int blasts) {
  /** What an event is. */
  enum Kind {
    CHAT,
    GROUP,
    BLAST
  }

  private static final Set<String> NAMES = Set.of("chats", "groups", "blasts");

  /** Chats of two alone. */
  public static final Mix CHATS = new Mix(1, 0, 0);

  /** Blasts alone. */
  public static final Mix BLASTS = new Mix(0, 0, 1);

  /** Shares are not negative and not all zero. */
  public Mix {
    if (chats < 0 || groups < 0 || blasts < 0 || chats + groups + blasts == 0) {
      throw new IllegalArgumentException(
          "the mix is "
              + chats
              + ", "
              + groups
              + ", "
              + blasts
              + " (expected: shares from 0,"
              + " not all 0)");
    }
  }

  /** Reads {@code chats=90,groups=9,blasts=1}; a kind that is left out does not come. */
  public static Mix parse(String text) {
    Map<String, Integer> shares = new HashMap<>();
    try {
      for (String part : text.split(",", -1)) {
        String[] pair = part.split("=", 2);
        shares.put(pair[0].strip(), Integer.parseInt(pair[1].strip()));
      }
      if (!NAMES.containsAll(shares.keySet())) {
        throw new IllegalArgumentException("unknown kind");
      }
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "the mix '" + text + "' can't be read (expected: for example chats=90,groups=9,blasts=1)",
          e);
    }
    return new Mix(
        shares.getOrDefault("chats", 0),
        shares.getOrDefault("groups", 0),
        shares.getOrDefault("blasts", 0));
  }

  /** The kind of the event with this number; kinds are spread evenly. */
  Kind kind(long number) {
    // Steps of the golden ratio visit all parts of an interval evenly, in an order without pattern.
    double place = number * 0.6180339887498949;
    double share = (place - Math.floor(place)) * (chats + groups + blasts);
    return share < chats ? Kind.CHAT : share < chats + groups ? Kind.GROUP : Kind.BLAST;
  }

  @Override
  public String toString() {
    return "chats=" + chats + ",groups=" + groups + ",blasts=" + blasts;
  }
}
