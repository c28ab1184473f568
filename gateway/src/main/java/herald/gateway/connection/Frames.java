package herald.gateway.connection;

import herald.protocol.EncodedEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Writes frames as a server sends them: final, unmasked, uncompressed (RFC 6455, section 5.2). */
final class Frames {
  static final int OPCODE_CONTINUATION = 0;
  static final int OPCODE_TEXT = 1;
  static final int OPCODE_BINARY = 2;
  static final int OPCODE_CLOSE = 8;
  static final int OPCODE_PING = 9;
  static final int OPCODE_PONG = 10;

  static final int MAX_CONTROL_PAYLOAD = 125;

  /**
   * The payload of the gateway's pings: their number (8 bytes) and the connection's mark (8 bytes).
   */
  static final int PING_PAYLOAD_BYTES = 16;

  static final int PING_BYTES = 2 + PING_PAYLOAD_BYTES;

  private static final int FINAL = 0x80;
  private static final int LENGTH_IN_16_BITS = 126;
  private static final int LENGTH_IN_64_BITS = 127;

  private Frames() {}

  /** The bytes of the frame that carries {@code event} to a receiver. */
  static int eventBytes(EncodedEvent event, byte[] receiverHashId) {
    int payload = event.length(receiverHashId.length);
    return headerBytes(payload) + payload;
  }

  /** Where in that frame the receiver's hash id begins. */
  static int receiverAt(EncodedEvent event, int receiverBytes) {
    return headerBytes(event.length(receiverBytes)) + event.head().length;
  }

  static void writeEvent(EncodedEvent event, byte[] receiverHashId, ByteBuf into) {
    writeHeader(OPCODE_TEXT, event.length(receiverHashId.length), into);
    into.writeBytes(event.head());
    into.writeBytes(receiverHashId);
    into.writeBytes(event.middle());
    into.writeBytes(event.tail());
  }

  static void writePing(long number, long mark, ByteBuf into) {
    writeHeader(OPCODE_PING, PING_PAYLOAD_BYTES, into);
    into.writeLong(number);
    into.writeLong(mark);
  }

  static void writePong(ByteBuf payload, ByteBuf into) {
    writeHeader(OPCODE_PONG, payload.readableBytes(), into);
    into.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
  }

  static void writeClose(int code, String sentence, ByteBuf into) {
    writeHeader(OPCODE_CLOSE, 2 + sentence.length(), into);
    into.writeShort(code);
    ByteBufUtil.writeAscii(into, sentence);
  }

  static int headerBytes(int payloadBytes) {
    return payloadBytes < LENGTH_IN_16_BITS ? 2 : payloadBytes <= 0xFFFF ? 4 : 10;
  }

  static void writeHeader(int opcode, int payloadBytes, ByteBuf into) {
    into.writeByte(FINAL | opcode);
    if (payloadBytes < LENGTH_IN_16_BITS) {
      into.writeByte(payloadBytes);
    } else if (payloadBytes <= 0xFFFF) {
      into.writeByte(LENGTH_IN_16_BITS);
      into.writeShort(payloadBytes);
    } else {
      into.writeByte(LENGTH_IN_64_BITS);
      into.writeLong(payloadBytes);
    }
  }
}
