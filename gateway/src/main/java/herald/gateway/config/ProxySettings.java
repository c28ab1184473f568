package herald.gateway.config;

import java.util.List;

/**
 * Who may say where a client comes from. Everybody else is taken for what its socket says.
 *
 * @param trusted the networks of one's own proxies and load balancers
 * @param proxyProtocol whether every connection from there begins with a PROXY header, version 1 or
 *     2; the protocol forbids to guess
 * @param header the one header that is believed, since a proxy that writes the one passes the other
 *     on as it came
 */
public record ProxySettings(List<Network> trusted, boolean proxyProtocol, Header header) {

  /** Where proxies write their client's address. */
  public enum Header {
    /** {@code X-Forwarded-For}. */
    X_FORWARDED_FOR,
    /** {@code Forwarded}, RFC 7239. */
    FORWARDED,
    /** Nowhere. */
    NONE
  }

  /** Checks the values. */
  public ProxySettings {
    trusted = List.copyOf(trusted);
    if (proxyProtocol && trusted.isEmpty()) {
      throw new IllegalArgumentException(
          "the PROXY protocol is on and no proxy is trusted"
              + " (expected: --trusted-proxies with the networks that speak it)");
    }
  }

  /** The defaults, which are also those of the command line: nobody is believed. */
  public static ProxySettings defaults() {
    return new ProxySettings(List.of(), false, Header.X_FORWARDED_FOR);
  }
}
