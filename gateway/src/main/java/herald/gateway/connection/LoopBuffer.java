package herald.gateway.connection;

import herald.protocol.EncodedEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The buffer that nearly all writes of one event loop use, one after the other. A socket that has
 * room takes a small frame at once; then the buffer is free again, is still in the processor's
 * cache, and nothing was allocated. If the socket does not take the frame, the channel keeps the
 * buffer until it does, and the loop allocates another one.
 *
 * <p>The buffer is lent only to connections for which nothing waits, so a slow client keeps one at
 * most. Event loop, the only thread that reads or writes a field.
 */
final class LoopBuffer {
  private static final int BYTES = 2 * 1024;

  private @Nullable ByteBuf free;

  /** The buffer that still begins with the frame of {@link #event}; not always the one to lend. */
  private @Nullable ByteBuf written;

  private @Nullable EncodedEvent event;
  private int receiverBytes;

  /**
   * Lends the buffer, empty, if it is large enough. It has to be given to {@link #takeBack} when it
   * has been written; whoever needs it longer than that retains it.
   *
   * @return null if the caller has to allocate
   */
  @Nullable ByteBuf lend(ByteBufAllocator allocator, int bytes) {
    if (bytes > BYTES) {
      return null;
    }
    ByteBuf buffer = free;
    free = null;
    if (buffer == null) {
      // The allocator may give an object again that was in use before, now with other memory.
      written = null;
      buffer = allocator.directBuffer(BYTES, BYTES);
    }
    return buffer.clear();
  }

  /**
   * Writes the frame of an event into the buffer that was lent. If it still holds the frame of the
   * same event for another receiver, as it mostly does, then only the receiver is exchanged.
   */
  void writeEvent(EncodedEvent next, byte[] receiverHashId, ByteBuf lent) {
    if (lent.isReadable()) {
      Frames.writeEvent(next, receiverHashId, lent);
    } else if (stillHolds(lent, next) && receiverHashId.length == receiverBytes) {
      lent.setBytes(Frames.receiverAt(next, receiverBytes), receiverHashId);
      lent.writerIndex(Frames.eventBytes(next, receiverHashId));
    } else {
      Frames.writeEvent(next, receiverHashId, lent);
      written = lent;
      event = next;
      receiverBytes = receiverHashId.length;
    }
  }

  @SuppressWarnings("ReferenceEquality") // the same objects are meant, not equal ones
  private boolean stillHolds(ByteBuf lent, EncodedEvent next) {
    return lent == written && next == event;
  }

  /** Takes the lent buffer back, unless a channel has retained it. */
  void takeBack(ByteBuf buffer) {
    if (buffer.refCnt() == 1 && free == null) {
      free = buffer;
    } else {
      buffer.release();
    }
  }

  /** Releases the buffer, since the loop ends. */
  void close() {
    written = null;
    if (free != null) {
      free.release();
      free = null;
    }
  }
}
