package herald.gateway.config;

import herald.protocol.RecoveryProvider;

/**
 * Bounds of the time between accept and the 101.
 *
 * @param deadlineMillis from accept to the 101; a socket that has not upgraded by then is closed
 * @param maxRequestLineBytes longest request line, and so longest URL
 * @param maxHeaderBytes all headers together
 * @param maxHeaderCount how many headers
 * @param signatureLifeMillis how far the signed timestamp may be from now, in either direction
 * @param singleUse how many signed requests are remembered, none of which may be used again within
 *     its life; 0 lets them be used again
 * @param recoveryProvider which implementation recovers wallets
 * @param recoveryThreads threads that recover wallets
 * @param maxWaitingRecoveries signatures that may wait for such a thread; one more is refused
 */
public record HandshakeSettings(
    int deadlineMillis,
    int maxRequestLineBytes,
    int maxHeaderBytes,
    int maxHeaderCount,
    long signatureLifeMillis,
    int singleUse,
    RecoveryProvider recoveryProvider,
    int recoveryThreads,
    int maxWaitingRecoveries) {

  /** Checks the values. */
  public HandshakeSettings {
    Require.atLeast("handshake deadline", deadlineMillis, 1_000, "ms");
    Require.atLeast("max request line", maxRequestLineBytes, 512, "bytes");
    Require.atLeast("max headers", maxHeaderBytes, 1_024, "bytes");
    Require.atLeast("max header count", maxHeaderCount, 8, "");
    Require.atLeast("signature life", signatureLifeMillis, 1_000, "ms");
    Require.atLeast("single use", singleUse, 0, "");
    Require.atLeast("recovery threads", recoveryThreads, 1, "");
    Require.atLeast("max waiting recoveries", maxWaitingRecoveries, 1, "");
  }

  /** The defaults of the command line. */
  public static HandshakeSettings defaults() {
    return new HandshakeSettings(
        10_000,
        4_096,
        8_192,
        100,
        12 * 3_600_000L,
        0,
        RecoveryProvider.AUTO,
        Math.max(1, Runtime.getRuntime().availableProcessors()),
        4_096);
  }
}
