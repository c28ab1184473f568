package herald.gateway.connection;

import herald.gateway.admission.ClientAddress;
import herald.gateway.admission.ForwardedFor;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * Where the client of a socket comes from, as far as that is known: what the socket says, unless
 * that is a trusted proxy; then what its PROXY header says, unless that is one too; then what the
 * HTTP header says. One event loop.
 */
final class Identity {
  private final ForwardedFor proxies;
  private ClientAddress address;
  private boolean known;

  /**
   * @param peer whom the socket names
   */
  Identity(ForwardedFor proxies, ClientAddress peer) {
    this.proxies = proxies;
    address = peer;
    known = !proxies.isTrusted(peer);
  }

  /** Takes in a PROXY header: comes from trusted peers only, and first. */
  void proxied(HAProxyMessage header) {
    String source = header.sourceAddress();
    ClientAddress told = source == null ? null : ClientAddress.parse(source);
    if (told != null) {
      address = told;
      known = !proxies.isTrusted(told);
    }
  }

  /** Takes in the request; nothing more can be known after it. */
  void requested(HttpHeaders headers) {
    String forwarded = proxies.headerName();
    if (!known && forwarded != null) {
      address = proxies.client(address, headers.getAll(forwarded));
    }
    known = true;
  }

  boolean isKnown() {
    return known;
  }

  /** The client's address, or that of the last who is between. */
  ClientAddress address() {
    return address;
  }
}
