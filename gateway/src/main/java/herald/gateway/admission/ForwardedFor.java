package herald.gateway.admission;

import herald.gateway.config.Network;
import herald.gateway.config.ProxySettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the client's address in the header that the operator's own proxies set, {@code
 * X-Forwarded-For} or {@code Forwarded} (RFC 7239).
 *
 * <p>Each proxy appends the address from which it received the request. The list is therefore read
 * from the right, for as long as the address that appended an entry is a trusted proxy. The first
 * address that is not trusted is the client; whatever stands further left was sent by that client
 * and is ignored. An entry that is no address ends the search with the last address that was found.
 */
public final class ForwardedFor {
  private final List<Network> trusted;
  private final ProxySettings.Header header;

  /** Trusts the proxies of these settings. */
  public ForwardedFor(ProxySettings settings) {
    trusted = settings.trusted();
    header = settings.header();
  }

  /** Whether this is the address of a trusted proxy. */
  public boolean isTrusted(ClientAddress address) {
    return Network.anyContains(trusted, address.inet());
  }

  /** The name of the header to give to {@link #client}; null if none is used. */
  public @Nullable String headerName() {
    return switch (header) {
      case X_FORWARDED_FOR -> "x-forwarded-for";
      case FORWARDED -> "forwarded";
      case NONE -> null;
    };
  }

  /**
   * The client behind a trusted peer.
   *
   * @param values the lines of the header, in the order of the request
   */
  public ClientAddress client(ClientAddress peer, List<String> values) {
    ClientAddress client = peer;
    for (int line = values.size() - 1; line >= 0; line--) {
      String[] hops = values.get(line).split(",", -1);
      for (int hop = hops.length - 1; hop >= 0; hop--) {
        ClientAddress before = isTrusted(client) ? read(hops[hop].trim()) : null;
        if (before == null) {
          return client;
        }
        client = before;
      }
    }
    return client;
  }

  private @Nullable ClientAddress read(String hop) {
    String node = header == ProxySettings.Header.FORWARDED ? forParameter(hop) : hop;
    return node == null ? null : ClientAddress.parse(withoutPort(node));
  }

  /** The value of the {@code for} parameter, without quotes; null if there is none. */
  private static @Nullable String forParameter(String element) {
    for (String pair : element.split(";", -1)) {
      String trimmed = pair.trim();
      if (trimmed.regionMatches(true, 0, "for=", 0, 4)) {
        String value = trimmed.substring(4);
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
      }
    }
    return null;
  }

  /** Takes port and brackets off {@code 192.0.2.1:80} and {@code [2001:db8::1]:80}. */
  private static String withoutPort(String node) {
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      return end < 0 ? node : node.substring(1, end);
    }
    int colon = node.indexOf(':');
    return colon >= 0 && colon == node.lastIndexOf(':') ? node.substring(0, colon) : node;
  }
}
