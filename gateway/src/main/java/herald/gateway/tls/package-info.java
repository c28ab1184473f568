/**
 * The certificates that the gateway shows to clients and to operators. {@link
 * herald.gateway.tls.ServerTls} loads them, and loads them again when their files change; {@code
 * KeyPairs} says whether certificate and key belong together.
 */
@NullMarked
package herald.gateway.tls;

import org.jspecify.annotations.NullMarked;
