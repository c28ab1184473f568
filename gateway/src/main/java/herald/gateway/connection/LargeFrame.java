package herald.gateway.connection;

import herald.protocol.EncodedEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * The frame of one large event on its way to one client. It is handed over in pieces for as long as
 * the socket takes them, so that never more than the watermark and a piece wait for a client. The
 * pieces of the text are slices of the copy that all connections share; where there is no room for
 * that, a piece is copied for this client alone.
 *
 * <p>It does not hold the event, which may leave the log before all is written; then the frame
 * can't be finished. Event loop, the only thread that reads or writes a field.
 */
final class LargeFrame {
  /** Frames of more bytes than this are written in pieces. */
  static final int LARGER_THAN_BYTES = 64 * 1024;

  private static final int HEAD = 1;
  private static final int MIDDLE = 3;
  private static final int TAIL = 4;
  private static final int PARTS = 5;

  private final WeakReference<EncodedEvent> event;
  private final byte[] header;
  private final byte[] receiverHashId;

  /** The number of the part that holds the text. */
  private final int textPart;

  private final LargeTexts texts;

  /** The shared copy of the text; null when nothing more is written. */
  private @Nullable LargeText text;

  /** What is written next: the number of a part, and the place in it. */
  private int part;

  private int offset;
  private boolean lacksMemory;

  LargeFrame(EncodedEvent event, byte[] receiverHashId, LargeTexts texts) {
    this.event = new WeakReference<>(event);
    this.receiverHashId = receiverHashId;
    header = header(event.length(receiverHashId.length));
    textPart = longestPart(event);
    this.texts = texts;
    text = texts.acquire(part(event, textPart));
  }

  /** The text stands first, or, for a blast's message in a chat, last. */
  private static int longestPart(EncodedEvent event) {
    int rest = event.head().length >= event.middle().length ? HEAD : MIDDLE;
    int longest = rest == HEAD ? event.head().length : event.middle().length;
    return event.tail().length > longest ? TAIL : rest;
  }

  private static byte[] header(int payloadBytes) {
    byte[] bytes = new byte[Frames.headerBytes(payloadBytes)];
    Frames.writeHeader(
        Frames.OPCODE_TEXT, payloadBytes, Unpooled.wrappedBuffer(bytes).writerIndex(0));
    return bytes;
  }

  /** Whether this is the frame of this event, the same object. */
  boolean isOf(@Nullable EncodedEvent other) {
    return other != null && event.refersTo(other);
  }

  /**
   * Writes pieces while the socket takes them.
   *
   * @param whole the event of which this is the frame
   * @param atMostBytes after so many bytes no further piece is begun
   * @return how many bytes were written
   */
  int write(EncodedEvent whole, SocketWriter socket, int atMostBytes) {
    int written = 0;
    while (!isWritten() && written < atMostBytes && socket.isWritable()) {
      byte[] bytes = part(whole, part);
      int length = Math.min(LargeText.PIECE_BYTES, bytes.length - offset);
      if (length > 0) {
        ByteBuf piece = piece(socket, bytes, length);
        if (piece == null) {
          break;
        }
        offset += length;
        written += length;
        socket.send(piece);
      }
      if (offset >= bytes.length) {
        part++;
        offset = 0;
      }
    }
    return written;
  }

  private @Nullable ByteBuf piece(SocketWriter socket, byte[] bytes, int length) {
    try {
      lacksMemory = false;
      ByteBuf shared = text != null && part == textPart ? text.slice(offset, length) : null;
      return shared == null ? socket.allocate(length).writeBytes(bytes, offset, length) : shared;
    } catch (OutOfMemoryError e) {
      lacksMemory = true;
      return null;
    }
  }

  private byte[] part(EncodedEvent whole, int number) {
    return switch (number) {
      case 0 -> header;
      case HEAD -> whole.head();
      case 2 -> receiverHashId;
      case MIDDLE -> whole.middle();
      default -> whole.tail();
    };
  }

  /** Whether the last write ended because there was no memory for the next piece. */
  boolean lacksMemory() {
    return lacksMemory;
  }

  /** Whether nothing of it is left to write. */
  boolean isWritten() {
    return part >= PARTS;
  }

  /** Nothing more is written: lets go of the copy of the text. */
  void end() {
    part = PARTS;
    if (text != null) {
      texts.giveBack(text);
      text = null;
    }
  }
}
