package herald.benchmarks.load;

import herald.benchmarks.clients.Stamp;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import herald.protocol.HashIds;
import herald.protocol.StoredBlast;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One row of {@code rpc_log} to be committed, with what the platform stores with it.
 *
 * @param sig its key: the shape of a signature, which the gateway does not check
 * @param subjectId the message's id, or the blast's
 * @param chatId the message's chat; empty for a blast
 * @param text the words of the message or the blast
 * @param receivers connections that the event concerns
 */
record RpcRow(
    String sig,
    String rpc,
    String fromWallet,
    int senderUserId,
    String subjectId,
    String chatId,
    String text,
    int receivers) {
  private static final int SIGNATURE_BYTES = 65;
  private static final String AUDIENCE = "follower_audience";
  private static final int HASH_ID_CHARACTERS = 5;

  /** All are of one length. */
  private static final EventId ANY_ID = EventId.of("", 0);

  boolean isBlast() {
    return chatId.isEmpty();
  }

  /** The row of an event that is planned for a moment, on the clock of System.nanoTime. */
  static RpcRow of(
      Mix.Kind kind, long number, long plannedNanos, Population people, int eventBytes) {
    return switch (kind) {
      case CHAT -> message(number, plannedNanos, people, people.pairs().size(), 2, eventBytes);
      case GROUP ->
          message(
              number, plannedNanos, people, people.groups().size(), people.groupSize(), eventBytes);
      case BLAST -> blast(plannedNanos, people, people.artist(), people.users(), eventBytes);
    };
  }

  /** A blast of the first user: nobody gets it but the user. */
  static RpcRow blastToNobody(Population people, int eventBytes) {
    return blast(0, people, 0, 1, eventBytes);
  }

  private static RpcRow message(
      long number, long plannedNanos, Population people, int chats, int members, int eventBytes) {
    int chat = (int) (number % chats);
    int sender = chat * members + (int) (number / chats % members);
    String chatId = members == 2 ? people.pairs().get(chat) : people.groups().get(chat);
    String messageId = randomHex();
    int userId = people.userId(sender);
    EncodedEvent empty = EventEncoder.message(ANY_ID, chatId, messageId, "", userId, microsOfNow());
    String text = text(plannedNanos, eventBytes, empty);
    String rpc =
        rpc(
            "chat.message",
            "\"chat_id\":\"" + chatId + "\",\"message_id\":\"" + messageId + "\"",
            text,
            userId);
    return new RpcRow(
        randomSignature(),
        rpc,
        people.wallet(sender),
        userId,
        messageId,
        chatId,
        text,
        members - 1);
  }

  private static RpcRow blast(
      long plannedNanos, Population people, int sender, int receivers, int eventBytes) {
    String blastId = randomHex();
    int userId = people.userId(sender);
    String text = text(plannedNanos, eventBytes, blastEvent(blastId, userId, ""));
    String rpc =
        rpc(
            "chat.blast",
            "\"blast_id\":\"" + blastId + "\",\"audience\":\"" + AUDIENCE + "\"",
            text,
            userId);
    return new RpcRow(
        randomSignature(), rpc, people.wallet(sender), userId, blastId, "", text, receivers);
  }

  /**
   * The text message that a gateway makes of it for a user, for servers that know no rpc logs: as
   * long, byte for byte, as the gateway's.
   */
  String eventText(String receiverHashId) {
    EncodedEvent event =
        isBlast()
            ? blastEvent(subjectId, senderUserId, text)
            : EventEncoder.message(ANY_ID, chatId, subjectId, text, senderUserId, microsOfNow());
    return new String(event.head(), StandardCharsets.US_ASCII)
        + receiverHashId
        + new String(event.middle(), StandardCharsets.US_ASCII);
  }

  private static EncodedEvent blastEvent(String blastId, int senderUserId, String text) {
    return EventEncoder.blast(
        ANY_ID, new StoredBlast(blastId, senderUserId, AUDIENCE, null, null, text, microsOfNow()));
  }

  /** Any moment with six digits in its fraction: all are of one length. */
  private static long microsOfNow() {
    return System.currentTimeMillis() * 1_000 + 1;
  }

  /** As long as it has to be for an event of so many bytes. */
  private static String text(long plannedNanos, int eventBytes, EncodedEvent empty) {
    String stamp = Stamp.of(plannedNanos);
    int padding = eventBytes - empty.length(HASH_ID_CHARACTERS) - stamp.length();
    return stamp + "x".repeat(Math.max(0, padding));
  }

  private static String rpc(String method, String params, String text, int senderUserId) {
    return "{\"method\":\""
        + method
        + "\",\"params\":{"
        + params
        + ",\"message\":\""
        + text
        + "\"},\"current_user_id\":\""
        + HashIds.encode(senderUserId)
        + "\",\"timestamp\":"
        + System.currentTimeMillis()
        + "}";
  }

  private static String randomHex() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return String.format("%016x%016x", random.nextLong(), random.nextLong());
  }

  private static String randomSignature() {
    byte[] signature = new byte[SIGNATURE_BYTES];
    ThreadLocalRandom.current().nextBytes(signature);
    return Base64.getEncoder().encodeToString(signature);
  }
}
