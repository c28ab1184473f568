package herald.gateway.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * A host name or address literal and a port; port 0 lets the system choose.
 *
 * @param host without the brackets of an IPv6 literal
 */
public record HostPort(String host, int port) {

  /**
   * Reads {@code host:port}, with brackets around an IPv6 literal.
   *
   * @throws IllegalArgumentException with one sentence that names the value
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      host = "";
    }
    int port = -1;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      // Reported below, together with a port out of range.
    }
    if (host.isEmpty() || port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an address (expected: host:port, for example 0.0.0.0:8080)");
    }
    return new HostPort(host, port);
  }

  /**
   * The address to bind.
   *
   * @throws UnknownHostException when the host name can't be resolved
   */
  public InetSocketAddress resolve() throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getAllByName(host)[0], port);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
