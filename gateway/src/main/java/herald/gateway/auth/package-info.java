/**
 * Who is behind a signature, in the order in which a handshake is served.
 *
 * <ol>
 *   <li>{@link herald.gateway.auth.Authenticator} takes the signed request, and gives the {@link
 *       herald.gateway.auth.AuthOutcome}.
 *   <li>{@code SingleUse} knows the requests that have been used already.
 *   <li>{@code RecoveryPool} recovers the wallet, on a bounded pool of threads.
 *   <li>{@link herald.gateway.auth.UserDirectory} finds the user of the wallet, through a cache and
 *       with batches of look-ups, each of which is a {@code WalletQuery}.
 *   <li>{@link herald.gateway.auth.PublicKeyStore} stores the public key that was recovered.
 * </ol>
 *
 * <p>{@link herald.gateway.auth.Revalidation} asks the same query again for those who are
 * connected, and ends the connections of those who may not connect any more.
 */
@NullMarked
package herald.gateway.auth;

import org.jspecify.annotations.NullMarked;
