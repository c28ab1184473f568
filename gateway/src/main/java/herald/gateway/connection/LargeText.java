package herald.gateway.connection;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The direct copy of the text of one large event, which all connections of the instance share. It
 * is made in pieces: the event loop that needs a piece first copies that one, so that no loop
 * copies more at once, and what nobody has come to is not copied at all.
 *
 * <p>While a connection is in the middle of the text, all pieces are kept. A slice that waits in a
 * channel keeps its piece alone. Any event loop.
 */
final class LargeText {
  /** So much is copied at once, and given out at once. */
  static final int PIECE_BYTES = 32 * 1024;

  private final LargeTexts all;
  private final byte[] text;
  private final AtomicReferenceArray<ByteBuf> pieces;

  /** How many are in the middle of it. Under the lock of {@link LargeTexts}. */
  private int users;

  LargeText(LargeTexts all, byte[] text) {
    this.all = all;
    this.text = text;
    pieces = new AtomicReferenceArray<>((text.length + PIECE_BYTES - 1) / PIECE_BYTES);
  }

  /** Somebody begins with it. Under the lock of {@link LargeTexts}. */
  void enter() {
    users++;
  }

  /** Somebody is through with it; whether nobody is in it any more. The same lock. */
  boolean leave() {
    return --users == 0;
  }

  byte[] text() {
    return text;
  }

  /**
   * A piece, or what is left of it, with a reference for the caller; null if there is no room for
   * it. Of somebody who is in the middle of the text.
   */
  @Nullable ByteBuf slice(int offset, int length) {
    int index = offset / PIECE_BYTES;
    ByteBuf piece = pieces.get(index);
    if (piece == null) {
      piece = copy(index);
    }
    return piece == null ? null : piece.retainedSlice(offset % PIECE_BYTES, length);
  }

  private @Nullable ByteBuf copy(int index) {
    int begin = index * PIECE_BYTES;
    int length = Math.min(PIECE_BYTES, text.length - begin);
    if (!all.reserve(length)) {
      return null;
    }
    ByteBuf copy;
    try {
      copy =
          UnpooledByteBufAllocator.DEFAULT
              .directBuffer(length, length)
              .writeBytes(text, begin, length);
    } catch (OutOfMemoryError e) {
      all.unreserve(length);
      return null;
    }
    if (pieces.compareAndSet(index, null, copy)) {
      return copy;
    }
    // Another event loop was faster.
    copy.release();
    all.unreserve(length);
    return requireNonNull(pieces.get(index));
  }

  /** Lets the pieces go, which are freed when no slice of them waits any more. Nobody is in it. */
  void release() {
    for (int index = 0; index < pieces.length(); index++) {
      ByteBuf piece = pieces.get(index);
      if (piece != null) {
        piece.release();
      }
    }
  }

  /** Forgets the pieces that have been freed; how many bytes these had. After the release. */
  int forgetFreed() {
    int freed = 0;
    for (int index = 0; index < pieces.length(); index++) {
      ByteBuf piece = pieces.get(index);
      if (piece != null && piece.refCnt() == 0) {
        freed += piece.capacity();
        pieces.set(index, null);
      }
    }
    return freed;
  }

  /** Whether a slice of it waits in a channel. After the release. */
  boolean isAnyWaiting() {
    for (int index = 0; index < pieces.length(); index++) {
      if (pieces.get(index) != null) {
        return true;
      }
    }
    return false;
  }
}
