package herald.demo.platform;

import java.time.LocalDateTime;

/**
 * A row of {@code rpc_log}, relayed by the bridge.
 *
 * @param sig primary key: base64 of the 65 bytes of the signature
 * @param rpc the signed JSON text, verbatim
 * @param fromWallet wallet of the signer
 * @param relayedAt UTC
 * @param appliedAt UTC
 */
public record RpcLog(
    String sig, String rpc, String fromWallet, LocalDateTime relayedAt, LocalDateTime appliedAt) {}
