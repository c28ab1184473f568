package herald.benchmarks.load;

import herald.benchmarks.clients.Stamp;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One row of {@code rpc_log} to be committed.
 *
 * @param sig its key: the shape of a signature, which the gateway does not check
 * @param blastId the blast whose row goes before it; null if it is a message
 * @param receivers connections that the event concerns
 */
record RpcRow(String sig, String rpc, String fromWallet, @Nullable String blastId, int receivers) {
  private static final int SIGNATURE_BYTES = 65;

  /** What an event's frame holds beside the rpc and a receiver's hash id of five characters. */
  private static final int METADATA_BYTES = 133;

  /** The row of an event that is planned for a moment, on the clock of System.nanoTime. */
  static RpcRow of(
      Mix.Kind kind, long number, long plannedNanos, Population people, int eventBytes) {
    return switch (kind) {
      case CHAT -> message(number, plannedNanos, people, people.pairs().size(), 2, eventBytes);
      case GROUP ->
          message(
              number, plannedNanos, people, people.groups().size(), people.groupSize(), eventBytes);
      case BLAST -> blast(plannedNanos, people, eventBytes);
    };
  }

  private static RpcRow message(
      long number, long plannedNanos, Population people, int chats, int members, int eventBytes) {
    int chat = (int) (number % chats);
    int sender = chat * members + (int) (number / chats % members);
    String chatId = members == 2 ? people.pairs().get(chat) : people.groups().get(chat);
    String rpc =
        rpc(
            "chat.message",
            "\"chat_id\":\"" + chatId + "\",\"message_id\":\"" + randomHex() + "\"",
            people.hashId(sender),
            plannedNanos,
            eventBytes);
    return new RpcRow(randomSignature(), rpc, people.wallet(sender), null, members - 1);
  }

  private static RpcRow blast(long plannedNanos, Population people, int eventBytes) {
    String blastId = randomHex();
    String rpc =
        rpc(
            "chat.blast",
            "\"blast_id\":\"" + blastId + "\",\"audience\":\"follower_audience\"",
            people.hashId(people.artist()),
            plannedNanos,
            eventBytes);
    return new RpcRow(
        randomSignature(), rpc, people.wallet(people.artist()), blastId, people.users());
  }

  private static String rpc(
      String method, String params, String senderHashId, long plannedNanos, int eventBytes) {
    String begin =
        "{\"method\":\""
            + method
            + "\",\"params\":{"
            + params
            + ",\"message\":\""
            + Stamp.of(plannedNanos);
    String end =
        "\"},\"current_user_id\":\""
            + senderHashId
            + "\",\"timestamp\":"
            + System.currentTimeMillis()
            + "}";
    int padding = eventBytes - METADATA_BYTES - begin.length() - end.length();
    return begin + "x".repeat(Math.max(0, padding)) + end;
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
