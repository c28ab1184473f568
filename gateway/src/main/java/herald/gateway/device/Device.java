package herald.gateway.device;

import java.util.Locale;

/**
 * A device of a user, by 64-bit digests that say nothing about the person.
 *
 * @param cookieKey of the cookie that this handshake brought or was given; {@link #NONE} if cookies
 *     are switched off
 * @param headersKey of the headers that stay the same from handshake to handshake; {@link #NONE} if
 *     there are none
 * @param addressKey of the client's address; {@link #NONE} if it is not known
 * @param hasReturnedCookie whether the handshake brought the cookie
 */
public record Device(long cookieKey, long headersKey, long addressKey, boolean hasReturnedCookie) {
  /** The key of what is not known. */
  public static final long NONE = 0;

  /** Some device of the user: nothing is known about it. */
  public static final Device UNKNOWN = new Device(NONE, NONE, NONE, false);

  /**
   * How logs name it: {@code c-} and digits of the cookie, if the handshake brought it, else {@code
   * h-} and digits of the headers, which devices of the same kind share; {@code none} if neither is
   * known. Half of a digest, from which the cookie can't be guessed.
   */
  public String shortened() {
    if (hasReturnedCookie) {
      return digits("c-", cookieKey);
    }
    return headersKey == NONE ? "none" : digits("h-", headersKey);
  }

  private static String digits(String kind, long key) {
    return String.format(Locale.ROOT, "%s%08x", kind, key >>> 32);
  }

  /**
   * Whether a connection of this device may be the next one of the device that had the other
   * connection, and so has to start no later than that one had got. A device that keeps cookies is
   * known by its cookie. A connection that came without one may be anybody's whose headers are the
   * same: of a client that keeps none, or the first of one that does, whose cookie may have been
   * replaced by that of another tab.
   */
  public boolean mayFollow(Device earlier) {
    return (hasReturnedCookie && cookieKey == earlier.cookieKey)
        || (!earlier.hasReturnedCookie && headersKey == earlier.headersKey);
  }

  /**
   * Whether this is the other device as far as anybody can tell, so that what this one has
   * confirmed is not kept for the other. Where no cookie tells, the address has to be the same too:
   * a phone that moves is sent more than it needs, and a second phone of the same kind loses
   * nothing.
   */
  public boolean isLike(Device earlier) {
    return hasReturnedCookie
        ? cookieKey == earlier.cookieKey
        : !earlier.hasReturnedCookie
            && headersKey == earlier.headersKey
            && addressKey == earlier.addressKey;
  }
}
