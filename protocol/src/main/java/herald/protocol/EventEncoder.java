package herald.protocol;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Encodes events from what the platform has stored. Any thread. */
public final class EventEncoder {
  private static final byte[] NOTHING = {};
  private static final byte[] END = "\"}}".getBytes(StandardCharsets.US_ASCII);

  private EventEncoder() {}

  /**
   * A message in a chat.
   *
   * @param createdAtMicros microseconds since the epoch
   */
  public static EncodedEvent message(
      EventId id,
      String chatId,
      String messageId,
      String message,
      int senderUserId,
      long createdAtMicros) {
    StringBuilder rpc = new StringBuilder(message.length() + 384);
    rpc.append("{\"rpc\":{\"method\":\"chat.message\",\"params\":{\"chat_id\":");
    appendQuoted(rpc, chatId);
    rpc.append(",\"message_id\":");
    appendQuoted(rpc, messageId);
    rpc.append(",\"message\":");
    appendQuoted(rpc, message);
    return finished(id, rpc.append(",\"is_plaintext\":false}}"), senderUserId, createdAtMicros);
  }

  /**
   * A reaction to a message.
   *
   * @param reaction null when it is taken back
   * @param updatedAtMicros microseconds since the epoch
   */
  public static EncodedEvent reaction(
      EventId id,
      String chatId,
      String messageId,
      @Nullable String reaction,
      int senderUserId,
      long updatedAtMicros) {
    StringBuilder rpc = new StringBuilder(384);
    rpc.append("{\"rpc\":{\"method\":\"chat.react\",\"params\":{\"chat_id\":");
    appendQuoted(rpc, chatId);
    rpc.append(",\"message_id\":");
    appendQuoted(rpc, messageId);
    rpc.append(",\"reaction\":");
    if (reaction == null) {
      rpc.append("null");
    } else {
      appendQuoted(rpc, reaction);
    }
    return finished(id, rpc.append("}}"), senderUserId, updatedAtMicros);
  }

  /** A blast, for those of its audience who have no chat with the sender. */
  public static EncodedEvent blast(EventId id, StoredBlast blast) {
    StringBuilder rpc = new StringBuilder(blast.plaintext().length() + 384);
    rpc.append("{\"rpc\":{\"method\":\"chat.blast\",\"params\":{\"blast_id\":");
    appendQuoted(rpc, blast.blastId());
    rpc.append(",\"audience\":");
    appendQuoted(rpc, blast.audience());
    Integer contentId = blast.audienceContentId();
    if (contentId != null) {
      rpc.append(",\"audience_content_id\":\"").append(HashIds.encode(contentId)).append('"');
    }
    String contentType = blast.audienceContentType();
    if (contentType != null) {
      rpc.append(",\"audience_content_type\":");
      appendQuoted(rpc, contentType);
    }
    rpc.append(",\"message\":");
    appendQuoted(rpc, blast.plaintext());
    return finished(id, rpc.append("}}"), blast.senderUserId(), blast.createdAtMicros());
  }

  /**
   * An rpc as it was signed, byte by byte, for the actor's own connections.
   *
   * @param rpcJson valid JSON
   * @param relayedAtMicros microseconds since the epoch
   */
  public static EncodedEvent rpc(
      EventId id, String rpcJson, int senderUserId, long relayedAtMicros) {
    StringBuilder rpc = new StringBuilder(rpcJson.length() + 192);
    return finished(id, rpc.append("{\"rpc\":").append(rpcJson), senderUserId, relayedAtMicros);
  }

  /**
   * The event by which the gateway says that something between two moments may be missing. One is
   * shared by many, or is written at once and forgotten, and so it counts as holding no memory.
   */
  public static EncodedEvent gap(Instant from, Instant to) {
    String head =
        "{\"rpc\":{\"method\":\"gateway.gap\",\"params\":{\"from\":\""
            + from
            + "\",\"to\":\""
            + to
            + "\"}},\"metadata\":"
            + "{"
            + metadata("", to.toString());
    byte[] bytes = head.getBytes(StandardCharsets.UTF_8);
    return new EncodedEvent(null, bytes, END, NOTHING, EncodedEvent.NO_SENDER, 0);
  }

  private static EncodedEvent finished(
      EventId id, StringBuilder rpc, int senderUserId, long micros) {
    rpc.append(",\"metadata\":{\"id\":\"")
        .append(id)
        .append("\",")
        .append(metadata(HashIds.encode(senderUserId), EventTimestamp.format(micros)));
    return new EncodedEvent(id, rpc.toString().getBytes(StandardCharsets.UTF_8), END, senderUserId);
  }

  /** The members of the metadata up to the receiver's hash id. */
  static String metadata(String senderHashId, String timestamp) {
    return "\"senderUserId\":\""
        + senderHashId
        + "\",\"timestamp\":\""
        + timestamp
        + "\",\"userId\":\""
        + senderHashId
        + "\",\"receiverUserId\":\"";
  }

  /**
   * A JSON string with its quotes; a lone surrogate, which UTF-8 has not, becomes a question mark.
   */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 16);
    appendQuoted(quoted, text);
    return quoted.toString();
  }

  /** Ciphertexts and ids hold nothing to escape, and are copied as they are. */
  private static void appendQuoted(StringBuilder to, String text) {
    to.append('"');
    if (isPlain(text)) {
      to.append(text);
    } else {
      JsonStringEncoder.getInstance().quoteAsString(text, to);
    }
    to.append('"');
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }
}
