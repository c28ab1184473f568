package herald.protocol;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Encodes events. The rpc goes in as it was signed, byte by byte. Any thread. */
public final class EventEncoder {
  private static final byte[] END = "\"}}".getBytes(StandardCharsets.US_ASCII);

  private EventEncoder() {}

  /**
   * The event of one rpc log.
   *
   * @param rpcJson valid JSON
   * @param relayedAtMicros microseconds since the epoch
   */
  public static EncodedEvent rpc(String rpcJson, int senderUserId, long relayedAtMicros) {
    String head =
        "{\"rpc\":"
            + rpcJson
            + ",\"metadata\":"
            + metadata(HashIds.encode(senderUserId), EventTimestamp.format(relayedAtMicros));
    return new EncodedEvent(head.getBytes(StandardCharsets.UTF_8), END);
  }

  /** The event by which the gateway says that something between two moments may be missing. */
  public static EncodedEvent gap(Instant from, Instant to) {
    String head =
        "{\"rpc\":{\"method\":\"gateway.gap\",\"params\":{\"from\":\""
            + from
            + "\",\"to\":\""
            + to
            + "\"}},\"metadata\":"
            + metadata("", to.toString());
    return new EncodedEvent(head.getBytes(StandardCharsets.UTF_8), END);
  }

  /** The metadata up to the receiver's hash id. */
  static String metadata(String senderHashId, String timestamp) {
    return "{\"senderUserId\":\""
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
    StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, quoted);
    return quoted.append('"').toString();
  }
}
