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
final class ClientAddressResolver {
  private final ForwardedFor proxies;
  private ClientAddress address;
  private boolean resolved;

  /**
   * @param peer whom the socket names
   */
  ClientAddressResolver(ForwardedFor proxies, ClientAddress peer) {
    this.proxies = proxies;
    address = peer;
    resolved = !proxies.isTrusted(peer);
  }

  /** Takes in a PROXY header: comes from trusted peers only, and first. */
  void onProxyHeader(HAProxyMessage header) {
    String source = header.sourceAddress();
    ClientAddress told = source == null ? null : ClientAddress.parse(source);
    if (told != null) {
      address = told;
      resolved = !proxies.isTrusted(told);
    }
  }

  /** Takes in the request; nothing more can be known after it. */
  void onRequest(HttpHeaders headers) {
    String forwarded = proxies.headerName();
    if (!resolved && forwarded != null) {
      address = proxies.client(address, headers.getAll(forwarded));
    }
    resolved = true;
  }

  boolean isResolved() {
    return resolved;
  }

  /** The client's address, or that of the last who is between. */
  ClientAddress address() {
    return address;
  }
}
