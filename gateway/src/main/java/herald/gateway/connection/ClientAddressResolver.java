package herald.gateway.connection;

import herald.gateway.admission.ClientAddress;
import herald.gateway.admission.ForwardedFor;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * Finds the address of the client behind a socket, step by step: the address of the socket, unless
 * that is a trusted proxy; then the address in the proxy's PROXY header, unless that is a trusted
 * proxy, too; then the address in the HTTP header. Event loop.
 */
final class ClientAddressResolver {
  private final ForwardedFor proxies;
  private final boolean isBehindProxy;
  private ClientAddress address;
  private boolean resolved;

  /**
   * @param peer the address at the other end of the socket
   */
  ClientAddressResolver(ForwardedFor proxies, ClientAddress peer) {
    this.proxies = proxies;
    address = peer;
    isBehindProxy = proxies.isTrusted(peer);
    resolved = !isBehindProxy;
  }

  /** A PROXY header has arrived; only from trusted peers, and before the request. */
  void onProxyHeader(HAProxyMessage header) {
    String source = header.sourceAddress();
    ClientAddress told = source == null ? null : ClientAddress.parse(source);
    if (told != null) {
      address = told;
      resolved = !proxies.isTrusted(told);
    }
  }

  /** The request has arrived; after it nothing more can become known. */
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

  /** The address of the client, or that of the last proxy before it that is known. */
  ClientAddress address() {
    return address;
  }

  /** Whether a proxy that is believed says that the client came over TLS. */
  boolean isSecure(HttpHeaders headers) {
    return isBehindProxy && "https".equalsIgnoreCase(headers.get("x-forwarded-proto"));
  }
}
