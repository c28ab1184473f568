package herald.protocol;

/** Placeholder until the real one is merged. */
public final class HashIds {
  private HashIds() {}

  /** Encodes. */
  public static String encode(int userId) {
    return Integer.toString(userId);
  }
}
