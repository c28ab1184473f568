package herald.gateway.config;

import java.util.List;

/**
 * Which proxies are believed when they say where a client comes from. For all other connections the
 * address of the socket counts.
 *
 * @param trusted the networks of the operator's own proxies and load balancers
 * @param proxyProtocol whether every connection from there begins with a PROXY header, version 1 or
 *     2; the protocol forbids guessing
 * @param header the one header that is read: a proxy that writes one of the two passes the other on
 *     as the client sent it
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
