package herald.gateway.feed;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * One row of {@code rpc_log} with what is needed to push it, as it was at the moment of reading.
 *
 * @param rpcJson the signed text, verbatim
 * @param relayedAtMicros microseconds since the epoch, UTC
 * @param appliedAtMicros the writer's clock, microseconds since the epoch, UTC
 * @param walletUsers the active users of the signing wallet, in ascending order
 * @param chatId the chat that it names; empty if it names none
 * @param members the visible members of the chat that it names; empty if it names none
 * @param blockedPairs who has blocked whom among the wallet's users and the members, each pair as
 *     blocker in the upper and blockee in the lower 32 bits
 * @param receivedAtNanos when its notification came, on the clock of {@code System.nanoTime}
 */
record RpcLog(
    String sig,
    String rpcJson,
    long relayedAtMicros,
    long appliedAtMicros,
    List<Integer> walletUsers,
    String chatId,
    List<Integer> members,
    Set<Long> blockedPairs,
    long receivedAtNanos) {

  /** How long before its notification came it was applied, by the clocks of writer and gateway. */
  long notificationLagNanos() {
    Instant now = Instant.now();
    long nowMicros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    long sinceReceivedNanos = System.nanoTime() - receivedAtNanos;
    return Math.max(0, (nowMicros - appliedAtMicros) * 1_000 - sinceReceivedNanos);
  }

  /** About when it was committed, on the clock of {@code System.nanoTime}. */
  long committedAtNanos() {
    return receivedAtNanos - notificationLagNanos();
  }

  boolean isBlocked(int one, int other) {
    return !blockedPairs.isEmpty()
        && (blockedPairs.contains(pair(one, other)) || blockedPairs.contains(pair(other, one)));
  }

  private static long pair(int blocker, int blockee) {
    return (long) blocker << 32 | blockee;
  }

  /** The first characters of the signature: enough to find the row, not enough to use it. */
  String shortSig() {
    return shortSig(sig);
  }

  static String shortSig(String sig) {
    return sig.substring(0, Math.min(8, sig.length())) + "…";
  }

  /** Nothing of the text. */
  @Override
  public String toString() {
    return "RpcLog " + shortSig();
  }
}
