package herald.gateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames as a client sends them (RFC 6455, section 5), in whatever pieces the bytes arrive.
 *
 * <p>It holds a few numbers and at most one control payload: a data message is never gathered, only
 * measured and, if it is text, checked. Each rule is enforced at the first byte that breaks it.
 * Event loop, the only thread that reads or writes a field.
 */
final class FrameReader {
  private static final int MASK_BYTES = 4;

  private enum State {
    FIRST_BYTE,
    SECOND_BYTE,
    LENGTH,
    MASK,
    PAYLOAD,
    ENDED
  }

  private final FrameListener listener;
  private final long maxMessageBytes;
  private final int maxFragments;
  private final Utf8Validator utf8 = new Utf8Validator();

  private State state = State.FIRST_BYTE;
  private boolean isFinal;
  private int opcode;
  private int headerBytesLeft;
  private int lengthBytes;
  private long payloadBytes;
  private long payloadRead;
  private int mask;
  private int messageOpcode;
  private long messageBytes;
  private int fragments;
  private @Nullable ByteBuf control;

  FrameReader(FrameListener listener, long maxMessageBytes, int maxFragments) {
    this.listener = listener;
    this.maxMessageBytes = maxMessageBytes;
    this.maxFragments = maxFragments;
  }

  /** Reads all of {@code in}, and unmasks it in place. */
  void read(ByteBuf in) {
    while (in.isReadable() && state != State.ENDED) {
      switch (state) {
        case FIRST_BYTE -> firstByte(in.readUnsignedByte());
        case SECOND_BYTE -> secondByte(in.readUnsignedByte());
        case LENGTH -> length(in.readUnsignedByte());
        case MASK -> mask(in.readUnsignedByte());
        default -> payload(in);
      }
    }
    in.skipBytes(in.readableBytes());
  }

  private void firstByte(int b) {
    isFinal = (b & 0x80) != 0;
    opcode = b & 0x0F;
    boolean known = opcode <= Frames.OPCODE_BINARY || (isControl() && opcode <= Frames.OPCODE_PONG);
    boolean startsInsideMessage =
        messageOpcode != 0 && !isControl() && opcode != Frames.OPCODE_CONTINUATION;
    boolean continuesNothing = messageOpcode == 0 && opcode == Frames.OPCODE_CONTINUATION;
    if ((b & 0x70) != 0
        || !known
        || startsInsideMessage
        || continuesNothing
        || (isControl() && !isFinal)) {
      end(CloseReason.PROTOCOL_ERROR);
      return;
    }
    state = State.SECOND_BYTE;
  }

  private boolean isControl() {
    return opcode >= Frames.OPCODE_CLOSE;
  }

  private void secondByte(int b) {
    boolean masked = (b & 0x80) != 0;
    int length = b & 0x7F;
    if (!masked || (isControl() && length > Frames.MAX_CONTROL_PAYLOAD)) {
      end(CloseReason.PROTOCOL_ERROR);
      return;
    }
    payloadBytes = 0;
    lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0;
    headerBytesLeft = lengthBytes;
    if (lengthBytes == 0) {
      payloadBytes = length;
      beginMask();
    } else {
      state = State.LENGTH;
    }
  }

  private void length(int b) {
    payloadBytes = payloadBytes << 8 | b;
    if (--headerBytesLeft > 0) {
      return;
    }
    long shortest = lengthBytes == 2 ? 126 : 0x1_0000;
    if (payloadBytes < shortest) {
      end(CloseReason.PROTOCOL_ERROR);
    } else {
      beginMask();
    }
  }

  private void beginMask() {
    if (!isControl() && payloadBytes > maxMessageBytes - messageBytes) {
      end(CloseReason.MESSAGE_TOO_BIG);
      return;
    }
    headerBytesLeft = MASK_BYTES;
    mask = 0;
    state = State.MASK;
  }

  private void mask(int b) {
    mask = mask << 8 | b;
    if (--headerBytesLeft > 0) {
      return;
    }
    payloadRead = 0;
    state = State.PAYLOAD;
    if (!isControl()) {
      if (opcode != Frames.OPCODE_CONTINUATION) {
        messageOpcode = opcode;
      }
      if (++fragments > maxFragments) {
        end(CloseReason.TOO_MANY_FRAGMENTS);
        return;
      }
    }
    if (payloadBytes == 0) {
      endFrame(Unpooled.EMPTY_BUFFER);
    }
  }

  private void payload(ByteBuf in) {
    int length = (int) Math.min(in.readableBytes(), payloadBytes - payloadRead);
    int begin = in.readerIndex();
    unmask(in, begin, begin + length);
    in.skipBytes(length);
    payloadRead += length;
    boolean last = payloadRead == payloadBytes;
    if (isControl()) {
      controlPayload(in, begin, length, last);
      return;
    }
    messageBytes += length;
    if (messageOpcode == Frames.OPCODE_TEXT && !utf8.accept(in, begin, begin + length)) {
      end(CloseReason.INVALID_TEXT);
      return;
    }
    listener.onData(in.slice(begin, length));
    if (last) {
      endFrame(Unpooled.EMPTY_BUFFER);
    }
  }

  /** Collects a control payload. One that arrives in one piece, as nearly all do, is not copied. */
  private void controlPayload(ByteBuf in, int begin, int length, boolean last) {
    if (last && control == null) {
      endFrame(in.slice(begin, length));
      return;
    }
    if (control == null) {
      control = Unpooled.buffer((int) payloadBytes, (int) payloadBytes);
    }
    control.writeBytes(in, begin, length);
    if (last) {
      ByteBuf whole = control;
      control = null;
      endFrame(whole);
    }
  }

  private void endFrame(ByteBuf controlPayload) {
    state = State.FIRST_BYTE;
    switch (opcode) {
      case Frames.OPCODE_PING -> listener.onPing(controlPayload);
      case Frames.OPCODE_PONG -> listener.onPong(controlPayload);
      case Frames.OPCODE_CLOSE -> closeFrame(controlPayload);
      default -> {
        if (isFinal) {
          endMessage();
        }
      }
    }
  }

  private void endMessage() {
    boolean text = messageOpcode == Frames.OPCODE_TEXT;
    messageOpcode = 0;
    messageBytes = 0;
    fragments = 0;
    if (text && !utf8.finish()) {
      end(CloseReason.INVALID_TEXT);
    } else {
      listener.onMessageEnd(text);
    }
  }

  private void closeFrame(ByteBuf payload) {
    CloseReason violation = ClosePayload.violation(payload);
    if (violation != null) {
      end(violation);
      return;
    }
    state = State.ENDED;
    listener.onClose(ClosePayload.code(payload));
  }

  private void end(CloseReason reason) {
    state = State.ENDED;
    listener.onViolation(reason);
  }

  /** Unmasks eight bytes at a time: RFC 6455, section 5.3. */
  private void unmask(ByteBuf in, int begin, int end) {
    int rotated = Integer.rotateLeft(mask, (int) (payloadRead & 3) * 8);
    long wide = ((long) rotated << 32) | (rotated & 0xFFFFFFFFL);
    int index = begin;
    for (; end - index >= Long.BYTES; index += Long.BYTES) {
      in.setLong(index, in.getLong(index) ^ wide);
    }
    for (; index < end; index++) {
      in.setByte(index, in.getByte(index) ^ (rotated >>> 24));
      rotated = Integer.rotateLeft(rotated, 8);
    }
  }
}
