package herald.gateway.connection;

import herald.gateway.fanout.Cursor;
import herald.protocol.EncodedEvent;
import org.jspecify.annotations.Nullable;

/**
 * The large events of one client, each of which is written as a {@link LargeFrame}. A connection
 * has one of these only from its first large event on. Event loop, the only thread that reads or
 * writes a field.
 */
final class LargeEvents {
  private final SocketWriter socket;
  private final LargeTexts texts;
  private final byte[] receiverHashId;

  /** The frame of which nothing or some has been written; null while there is none. */
  private @Nullable LargeFrame frame;

  LargeEvents(SocketWriter socket, LargeTexts texts, byte[] receiverHashId) {
    this.socket = socket;
    this.texts = texts;
    this.receiverHashId = receiverHashId;
  }

  /**
   * Writes pieces of the event, from where the last call has stopped, while the socket takes them.
   *
   * @param atMostBytes after so many bytes no further piece is begun
   * @return how many bytes were written
   */
  int write(EncodedEvent event, int atMostBytes) {
    LargeFrame begun = frame;
    if (begun == null) {
      begun = new LargeFrame(event, receiverHashId, texts);
      frame = begun;
      socket.setInFrame(true);
    }
    int written = begun.write(event, socket, atMostBytes);
    if (begun.isWritten()) {
      begun.end();
      frame = null;
      socket.setInFrame(false);
    }
    return written;
  }

  /** Whether the event that was written last has been written to its end. */
  boolean isWritten() {
    return frame == null;
  }

  /** Whether the last write ended because there was no memory for the next piece. */
  boolean lacksMemory() {
    return frame != null && frame.lacksMemory();
  }

  /** Whether an event of which a part has been written is not the cursor's next one any more. */
  boolean isCutOff(Cursor cursor) {
    return frame != null && !frame.isOf(cursor.peek());
  }

  /** The connection has ended: what is left of a frame is not written any more. */
  void stop() {
    if (frame != null) {
      frame.end();
    }
  }
}
