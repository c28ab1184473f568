package herald.gateway.feed;

import herald.gateway.fanout.RowOrder;
import herald.protocol.EventId;
import herald.protocol.ParsedRpc;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One row of {@code rpc_log} with what its transaction has stored, as it was at the moment of
 * reading.
 *
 * @param xid the transaction that wrote the row: the lower 32 bits of its id, as {@code xmin} shows
 *     it
 * @param rpcJson the signed text, verbatim; null if it is large and has not been read yet
 * @param rpc what the signed text says; null if it is no rpc, or has not been read
 * @param relayedAtMicros microseconds since the epoch, UTC
 * @param appliedAtMicros the writer's clock, microseconds since the epoch, UTC
 * @param walletUsers the active users of the signing wallet, in ascending order
 * @param message the message that the rpc names; null if it names none or there is none
 * @param blockedPairs who has blocked whom among the wallet's users and the visible members of the
 *     message's chat, each pair as blocker in the upper and blockee in the lower 32 bits
 * @param receivedAtNanos when its notification came, on the clock of {@code System.nanoTime}
 */
record RpcLog(
    String sig,
    long xid,
    @Nullable String rpcJson,
    @Nullable ParsedRpc rpc,
    long relayedAtMicros,
    long appliedAtMicros,
    List<Integer> walletUsers,
    @Nullable StoredMessage message,
    Set<Long> blockedPairs,
    long receivedAtNanos) {
  private static final int SHELL_BYTES = 768;

  /** In the row, and in the lane where the row waits for others of the member. */
  private static final int BYTES_OF_A_MEMBER = 256;

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

  /** What its events are known by. */
  EventId eventId() {
    return EventId.of(sig, appliedAtMicros);
  }

  /**
   * Where it stands among other rows.
   *
   * @param isBeside whether its audience or its text is read beside the feed
   */
  RowOrder order(boolean isBeside) {
    return new RowOrder((int) xid, committedAtNanos(), receivedAtNanos, isBeside);
  }

  /** The same row, if it names no message after all. */
  RpcLog withoutMessage() {
    return message == null
        ? this
        : new RpcLog(
            sig,
            xid,
            rpcJson,
            rpc,
            relayedAtMicros,
            appliedAtMicros,
            walletUsers,
            null,
            Set.of(),
            receivedAtNanos);
  }

  /** What is needed of a blast, whose text is stored elsewhere. */
  RpcLog withoutText() {
    if (isUnread()) {
      return this;
    }
    ParsedRpc ids =
        rpc == null
            ? null
            : new ParsedRpc(rpc.method(), rpc.currentUserId(), null, null, rpc.blastId(), null);
    return new RpcLog(
        sig,
        xid,
        "",
        ids,
        relayedAtMicros,
        appliedAtMicros,
        walletUsers,
        null,
        Set.of(),
        receivedAtNanos);
  }

  /** The user whom the signed text names as its sender; null if it names none. */
  @Nullable String namedUser() {
    return rpc == null ? null : rpc.currentUserId();
  }

  /** The blast that the signed text names; empty if it names none. */
  String blastId() {
    return rpc == null ? "" : Objects.requireNonNullElse(rpc.blastId(), "");
  }

  /** Whether it says that it is a blast. */
  boolean isBlast() {
    return Method.of(methodName()) == Method.CHAT_BLAST;
  }

  /** Whether its text is large and has not been read yet: it may be about anything. */
  boolean isUnread() {
    return rpcJson == null;
  }

  /** Whether more of it has to be read beside the feed before it can be published. */
  boolean isBeside() {
    return isUnread() || isBlast();
  }

  /** About what it takes in memory while it waits. */
  long retainedBytes() {
    long characters = characters(rpcJson);
    if (rpc != null) {
      characters += characters(rpc.currentUserId()) + characters(rpc.blastId());
      characters += characters(rpc.chatId()) + characters(rpc.messageId());
      characters += characters(rpc.reaction());
    }
    if (message != null) {
      characters += characters(message.text());
    }
    return SHELL_BYTES
        + (long) (members().size() + hiddenMembers().size()) * BYTES_OF_A_MEMBER
        + 2 * characters;
  }

  private static int characters(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  /** The method that the signed text names; empty if it names none. */
  String methodName() {
    return rpc == null ? "" : rpc.method();
  }

  /** The chat that the row is about, for keeping the order within it; empty if it is about none. */
  String chatId() {
    return message != null && isOfMember(message) ? message.chatId() : "";
  }

  /** The visible members of that chat. */
  List<Integer> members() {
    return message != null && isOfMember(message) ? message.visibleMembers() : List.of();
  }

  /** The members from whom that chat is hidden, who may write into it all the same. */
  List<Integer> hiddenMembers() {
    return message != null && isOfMember(message) ? message.hiddenMembers() : List.of();
  }

  /** Anybody can name a message in a chat of others. */
  private boolean isOfMember(StoredMessage named) {
    return named.text() != null || walletUsers.stream().anyMatch(named::hasMember);
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
