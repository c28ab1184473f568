package herald.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Puts the parts of an encoded event together, as a connection does. */
final class Messages {
  private Messages() {}

  static String text(EncodedEvent event, String receiverHashId) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(event.head());
    bytes.writeBytes(receiverHashId.getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(event.middle());
    bytes.writeBytes(event.tail());
    if (bytes.size() != event.length(receiverHashId.length())) {
      throw new AssertionError("length says " + event.length(receiverHashId.length()));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
