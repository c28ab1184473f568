package herald.gateway.admission;

import herald.gateway.config.Network;
import herald.gateway.config.ProxySettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's address as one's own proxies tell it, in {@code X-Forwarded-For} or {@code
 * Forwarded} (RFC 7239).
 *
 * <p>Each proxy adds at the right whom it got the request from. So the list is walked from the
 * right for as long as the one who speaks is trusted; the first who is not is the client, and what
 * stands further left is that client's own invention. A word that is no address ends the walk with
 * the last one that was believed.
 */
public final class ForwardedFor {
  private final List<Network> trusted;
  private final ProxySettings.Header header;

  /** Believes the proxies of these settings. */
  public ForwardedFor(ProxySettings settings) {
    trusted = settings.trusted();
    header = settings.header();
  }

  /** Whether this address's word is taken. */
  public boolean isTrusted(ClientAddress address) {
    return Network.anyContains(trusted, address.inet());
  }

  /** The header to hand to {@link #client}; null if none is believed. */
  public @Nullable String headerName() {
    return switch (header) {
      case X_FORWARDED_FOR -> "x-forwarded-for";
      case FORWARDED -> "forwarded";
      case NONE -> null;
    };
  }

  /**
   * Who is behind a trusted peer.
   *
   * @param values the header's lines, in the order in which they stand
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

  /** The value of {@code for=}, without quotes. */
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

  /** {@code 192.0.2.1:80}, {@code [2001:db8::1]:80} and {@code [2001:db8::1]} have one. */
  private static String withoutPort(String node) {
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      return end < 0 ? node : node.substring(1, end);
    }
    int colon = node.indexOf(':');
    return colon >= 0 && colon == node.lastIndexOf(':') ? node.substring(0, colon) : node;
  }
}
