package herald.gateway.connection;

import herald.protocol.EncodedEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The buffer that nearly all writes of one event loop go through, one after the other. A socket
 * that has room takes a small frame at once; then the buffer is free again, still in the
 * processor's cache, and nothing was allocated. A socket that does not keeps it, and the loop gets
 * another.
 *
 * <p>Lent only where nothing waits: so a slow client holds one at most.
 */
final class LoopBuffer {
  private static final int BYTES = 2 * 1024;

  private @Nullable ByteBuf free;

  /** The buffer that begins with the frame of {@link #event}: not always the one that is free. */
  private @Nullable ByteBuf written;

  private @Nullable EncodedEvent event;
  private int receiverBytes;

  /**
   * Gives the buffer, empty, if it is large enough. It is to be given to {@link #takeBack} when it
   * has been written; who keeps it longer retains it.
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
      // It may be the object of one that was kept, with other memory behind it.
      written = null;
      buffer = allocator.directBuffer(BYTES, BYTES);
    }
    return buffer.clear();
  }

  /**
   * Writes an event's frame into the buffer that was lent. Mostly the frame of the same event for
   * another receiver is still in there: then only the receiver is exchanged.
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

  @SuppressWarnings("ReferenceEquality") // the object matters, whatever is in it
  private boolean stillHolds(ByteBuf lent, EncodedEvent next) {
    return lent == written && next == event;
  }

  /** Takes back what was lent, unless a channel has kept it. */
  void takeBack(ByteBuf buffer) {
    if (buffer.refCnt() == 1 && free == null) {
      free = buffer;
    } else {
      buffer.release();
    }
  }

  /** Lets go of the buffer: the loop ends. */
  void close() {
    written = null;
    if (free != null) {
      free.release();
      free = null;
    }
  }
}
