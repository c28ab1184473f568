package herald.gateway.config;

import java.util.Set;

/**
 * Which pages may connect.
 *
 * @param allowed exact origins; if there are none, any page may connect. Clients are authenticated
 *     by a signature and not by a cookie, so a foreign page can't connect in a user's name
 * @param required whether a client without an Origin header is refused too; native apps send none
 */
public record OriginSettings(Set<Origin> allowed, boolean required) {

  /** Checks the values. */
  public OriginSettings {
    allowed = Set.copyOf(allowed);
    if (required && allowed.isEmpty()) {
      throw new IllegalArgumentException(
          "an Origin is required and none is allowed (expected: --allowed-origins)");
    }
  }

  /** The defaults, which are also those of the command line. */
  public static OriginSettings defaults() {
    return new OriginSettings(Set.of(), false);
  }
}
