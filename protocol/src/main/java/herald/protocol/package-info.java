/**
 * The wire contract, free of server and database: what clients sign and what they are sent.
 *
 * <p>In: {@link herald.protocol.SignedRequest} reads a request and gives what was signed, {@link
 * herald.protocol.WalletRecovery} finds the signer. Out: {@link herald.protocol.RpcParser} reads
 * what the gateway needs from an rpc log, {@link herald.protocol.EventEncoder} encodes it once for
 * all receivers, and {@link herald.protocol.HashIds} gives users their public names.
 */
@NullMarked
package herald.protocol;

import org.jspecify.annotations.NullMarked;
