/**
 * Decides who may connect, before anything expensive is done for a client. Knows no channel.
 *
 * <ul>
 *   <li>{@link herald.gateway.admission.ClientAddress} is where a client comes from, and {@link
 *       herald.gateway.admission.ForwardedFor} finds it behind trusted proxies.
 *   <li>{@link herald.gateway.admission.Admission} limits connections in all ({@code
 *       ConcurrencyLimit}: per address and per user) and the rate of handshakes ({@code
 *       HandshakeRateLimit}, of {@link herald.gateway.admission.TokenBucket}). A socket holds its
 *       share in an {@link herald.gateway.admission.AdmissionPermit}; a {@link
 *       herald.gateway.admission.Limit} names the one that it is over.
 *   <li>{@link herald.gateway.admission.OriginPolicy} decides from which web pages a browser may
 *       connect.
 * </ul>
 */
@NullMarked
package herald.gateway.admission;

import org.jspecify.annotations.NullMarked;
