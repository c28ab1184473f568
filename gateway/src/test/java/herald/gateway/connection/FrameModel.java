package herald.gateway.connection;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * RFC 6455, section 5, once more, for a reader that has all bytes before it, gathers messages and
 * leaves UTF-8 to the JDK. Slow and plain, to compare with.
 */
final class FrameModel {
  private static final Set<Integer> OPCODES = Set.of(0, 1, 2, 8, 9, 10);

  private final ByteBuffer in;
  private final long maxMessageBytes;
  private final List<String> found = new ArrayList<>();
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private int messageOpcode;

  private FrameModel(byte[] bytes, long maxMessageBytes) {
    in = ByteBuffer.wrap(bytes);
    this.maxMessageBytes = maxMessageBytes;
  }

  /** Thrown at the byte that breaks a rule. */
  private static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1;

    BrokenException(CloseReason reason) {
      super(reason.name());
    }
  }

  /** What is found, and at the end what rule is broken, if one is. */
  static List<String> read(byte[] bytes, long maxMessageBytes) {
    FrameModel model = new FrameModel(bytes, maxMessageBytes);
    try {
      while (model.frame()) {
        // One frame after the other.
      }
    } catch (BrokenException e) {
      model.found.add(String.valueOf(e.getMessage()));
    }
    return model.found;
  }

  private static void check(boolean holds) throws BrokenException {
    if (!holds) {
      throw new BrokenException(CloseReason.PROTOCOL_ERROR);
    }
  }

  /** Reads one frame; false if it is not all there, or was the last. */
  private boolean frame() throws BrokenException {
    if (!in.hasRemaining()) {
      return false;
    }
    int first = in.get() & 0xFF;
    int opcode = first & 15;
    boolean last = first >= 128;
    check((first & 0x70) == 0 && OPCODES.contains(opcode));
    check(opcode < 8 || last);
    check(opcode >= 8 || (opcode == 0) == (messageOpcode != 0));
    if (!in.hasRemaining()) {
      return false;
    }
    int second = in.get() & 0xFF;
    check(second >= 128);
    long length = second & 127;
    check(opcode < 8 || length < 126);
    if (length >= 126) {
      int bytes = length == 126 ? 2 : 8;
      if (in.remaining() < bytes) {
        return false;
      }
      length = bytes == 2 ? in.getShort() & 0xFFFF : in.getLong();
      // A length with the highest bit set is below zero.
      check(length >= (bytes == 2 ? 126 : 65_536));
    }
    if (opcode < 8 && length > maxMessageBytes - message.size()) {
      throw new BrokenException(CloseReason.MESSAGE_TOO_BIG);
    }
    if (in.remaining() < 4) {
      return false;
    }
    byte[] mask = new byte[4];
    in.get(mask);
    byte[] payload = new byte[(int) Math.min(length, in.remaining())];
    in.get(payload);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i % 4];
    }
    boolean whole = payload.length == length;
    return opcode < 8 ? data(opcode, payload, whole, last) : whole && control(opcode, payload);
  }

  private boolean data(int opcode, byte[] payload, boolean whole, boolean last)
      throws BrokenException {
    messageOpcode = opcode == 0 ? messageOpcode : opcode;
    message.writeBytes(payload);
    boolean end = whole && last;
    if (messageOpcode == 1 && !isText(message.toByteArray(), end)) {
      throw new BrokenException(CloseReason.INVALID_TEXT);
    }
    if (end) {
      found.add(
          (messageOpcode == 1 ? "text " : "binary ")
              + message.toString(StandardCharsets.ISO_8859_1));
      message.reset();
      messageOpcode = 0;
    }
    return whole;
  }

  private boolean control(int opcode, byte[] payload) throws BrokenException {
    String text = new String(payload, StandardCharsets.ISO_8859_1);
    if (opcode != 8) {
      found.add((opcode == 9 ? "ping " : "pong ") + text);
      return true;
    }
    int code = 0;
    if (payload.length > 0) {
      check(payload.length > 1);
      code = ByteBuffer.wrap(payload).getShort() & 0xFFFF;
      check(code >= 1000 && code < 5000 && (code >= 3000 || code < 1015));
      check(code < 1004 || code > 1006);
      ByteBuffer reason = ByteBuffer.wrap(payload, 2, payload.length - 2);
      byte[] bytes = new byte[reason.remaining()];
      reason.get(bytes);
      if (!isText(bytes, true)) {
        throw new BrokenException(CloseReason.INVALID_TEXT);
      }
    }
    found.add("close " + code);
    return false;
  }

  /** Whether bytes are UTF-8, or, before the end, can become so. */
  static boolean isText(byte[] bytes, boolean end) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CoderResult result = decoder.decode(in, CharBuffer.allocate(bytes.length + 1), end);
    // The JDK waits for the third byte before it calls a surrogate malformed.
    boolean surrogate =
        in.remaining() >= 2
            && bytes[in.position()] == (byte) 0xED
            && (bytes[in.position() + 1] & 0xE0) == 0xA0;
    return !result.isError() && !surrogate;
  }
}
