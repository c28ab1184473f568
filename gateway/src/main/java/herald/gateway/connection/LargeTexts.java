package herald.gateway.connection;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;

/**
 * The direct copies of the texts of large events: one of each text for all connections of the
 * instance, however many it is written to, made as it is needed ({@link LargeText}).
 *
 * <p>A client that reads slowly may hold a copy for longer than the event is in the log. Therefore
 * the copies are bounded together. Who gets none copies the text piece by piece, as it is written,
 * which costs time and no memory.
 *
 * <p>Any event loop. The lock is held for a look-up, and not while anything is copied.
 */
final class LargeTexts {
  private final long maxBytes;

  /** Those that somebody is in the middle of, by the array itself. */
  @GuardedBy("this")
  private final IdentityHashMap<byte[], LargeText> texts = new IdentityHashMap<>();

  /** Those that nobody is in the middle of, of which slices waited in channels. */
  @GuardedBy("this")
  private final List<LargeText> left = new ArrayList<>();

  @GuardedBy("this")
  private long bytes;

  /**
   * @param maxBytes all copies together at most
   */
  LargeTexts(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The copy of a text, for somebody who begins with it and gives it back at the end. */
  synchronized LargeText acquire(byte[] text) {
    LargeText copy = texts.get(text);
    if (copy == null) {
      if (bytes + text.length > maxBytes) {
        forgetFreed();
      }
      copy = new LargeText(this, text);
      texts.put(text, copy);
    }
    copy.enter();
    return copy;
  }

  /** Takes it back. */
  synchronized void giveBack(LargeText copy) {
    if (copy.leave()) {
      texts.remove(copy.text());
      copy.release();
      if (isAnyOfItWaiting(copy)) {
        left.add(copy);
      }
    }
  }

  @GuardedBy("this")
  private boolean isAnyOfItWaiting(LargeText copy) {
    bytes -= copy.forgetFreed();
    return copy.isAnyWaiting();
  }

  /** Keeps room for so many bytes; false if there is none. */
  synchronized boolean reserve(int length) {
    if (bytes + length > maxBytes) {
      return false;
    }
    bytes += length;
    return true;
  }

  /** Room that was kept is not needed after all. */
  synchronized void unreserve(int length) {
    bytes -= length;
  }

  /** Lets go of what has been freed; to be called about once a second. */
  synchronized void forgetFreed() {
    for (Iterator<LargeText> each = left.iterator(); each.hasNext(); ) {
      if (!isAnyOfItWaiting(each.next())) {
        each.remove();
      }
    }
  }

  /** Bytes of the copies that are held, or were until the last {@link #forgetFreed()}. */
  synchronized long bytes() {
    return bytes;
  }
}
