package herald.gateway.connection;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Direct copies of the texts of large events: one of each text for all connections of the instance,
 * however many it is written to. The event loop that needs a text first makes the copy. Nobody owns
 * it: each connection that is in the middle of the text holds a reference, and so does each slice
 * that waits in a channel, and with the last of them it is freed.
 *
 * <p>A client that reads slowly may hold a copy for longer than the event is in the log. Therefore
 * the copies are bounded together. Who gets none copies the text piece by piece, as it is written,
 * which costs time and no memory.
 *
 * <p>Any event loop. The lock is held for a look-up, and not while a text is copied.
 */
final class LargeTexts {
  private final long maxBytes;

  /** By the array itself. What nobody refers to any more is taken out at the next occasion. */
  @GuardedBy("this")
  private final IdentityHashMap<byte[], ByteBuf> copies = new IdentityHashMap<>();

  @GuardedBy("this")
  private long bytes;

  /**
   * @param maxBytes all copies together at most
   */
  LargeTexts(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The copy of a text, with a reference for the caller; null if there is no room for it. */
  @Nullable ByteBuf acquire(byte[] text) {
    synchronized (this) {
      ByteBuf held = retained(text);
      if (held != null) {
        return held;
      }
      forgetFreed();
      if (bytes + text.length > maxBytes) {
        return null;
      }
      bytes += text.length;
    }
    return offer(text, copy(text));
  }

  private static @Nullable ByteBuf copy(byte[] text) {
    try {
      return UnpooledByteBufAllocator.DEFAULT
          .directBuffer(text.length, text.length)
          .writeBytes(text);
    } catch (OutOfMemoryError e) {
      return null;
    }
  }

  /** Takes a copy for which room is kept, unless another event loop was faster. */
  private synchronized @Nullable ByteBuf offer(byte[] text, @Nullable ByteBuf copy) {
    ByteBuf held = retained(text);
    if (copy == null || held != null) {
      bytes -= text.length;
      if (copy != null) {
        copy.release();
      }
      return held;
    }
    copies.put(text, copy);
    return copy;
  }

  @GuardedBy("this")
  private @Nullable ByteBuf retained(byte[] text) {
    ByteBuf held = copies.get(text);
    if (held != null && !retain(held)) {
      copies.remove(text);
      bytes -= text.length;
      return null;
    }
    return held;
  }

  /** False if it has been freed, perhaps just now by another thread. */
  private static boolean retain(ByteBuf copy) {
    try {
      copy.retain();
      return true;
    } catch (IllegalReferenceCountException e) {
      return false;
    }
  }

  /** Lets go of the texts whose copies have been freed; to be called about once a second. */
  synchronized void forgetFreed() {
    for (Iterator<Map.Entry<byte[], ByteBuf>> each = copies.entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<byte[], ByteBuf> entry = each.next();
      if (entry.getValue().refCnt() == 0) {
        bytes -= entry.getKey().length;
        each.remove();
      }
    }
  }

  /** Bytes of the copies that are held, or were until the last {@link #forgetFreed()}. */
  synchronized long bytes() {
    return bytes;
  }
}
