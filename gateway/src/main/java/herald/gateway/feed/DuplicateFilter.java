package herald.gateway.feed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The signatures that have been handled and that a catch-up may find again, so that none is pushed
 * twice.
 *
 * <p>Two generations of 128-bit digests. The older one is dropped when the younger one has lasted
 * for the window and no catch-up can find any of its rows any more, which the transactions that
 * wrote them tell: see {@link FeedPoint}. A transaction that stays open for hours keeps all that
 * long; beyond a bound in number the older generation goes all the same, and rows may then be
 * pushed twice. Any thread.
 */
final class DuplicateFilter {
  private static final int MAX_PER_GENERATION = 2_000_000;

  private final long windowNanos;
  private final int maxPerGeneration;
  private final MessageDigest sha256;
  private Generation current = new Generation();
  private Generation previous = new Generation();

  /** Not handled, and no news either. */
  private Generation leftOut = new Generation();

  private long rotatedAtNanos;
  private long neededSinceXid = Long.MAX_VALUE;

  DuplicateFilter(long windowNanos, long nowNanos) {
    this(windowNanos, MAX_PER_GENERATION, nowNanos);
  }

  /** The same, for tests of a full one. */
  DuplicateFilter(long windowNanos, int maxPerGeneration, long nowNanos) {
    this.windowNanos = windowNanos;
    this.maxPerGeneration = maxPerGeneration;
    rotatedAtNanos = nowNanos;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no SHA-256, which every JVM must have", e);
    }
  }

  synchronized boolean contains(String signature) {
    ByteBuffer digest = digest(signature);
    long high = digest.getLong();
    long low = digest.getLong();
    return current.contains(high, low) || previous.contains(high, low);
  }

  /** Whether a row that a reading of the table has found is handled, or was left out before. */
  synchronized boolean isKnown(String signature) {
    ByteBuffer digest = digest(signature);
    return contains(signature) || leftOut.contains(digest.getLong(), digest.getLong());
  }

  /**
   * Notes a row that was committed before the feed began, and that readings of the table may find
   * as long as a transaction of that time is open. It may have been committed just before the
   * reading; so if a notification of it comes, it is pushed all the same.
   */
  synchronized void leaveOut(String signature, long xid) {
    if (leftOut.size < maxPerGeneration) {
      ByteBuffer digest = digest(signature);
      leftOut.add(digest.getLong(), digest.getLong());
      leftOut.highestXid = Math.max(leftOut.highestXid, xid);
    }
  }

  /**
   * @param xid the transaction that wrote the row, 64 bits; 0 if it is not known
   */
  synchronized void add(String signature, long xid, long nowNanos) {
    boolean isOld = nowNanos - rotatedAtNanos > windowNanos && previous.highestXid < neededSinceXid;
    if (isOld || current.size >= maxPerGeneration) {
      previous = current;
      current = new Generation();
      rotatedAtNanos = nowNanos;
    }
    ByteBuffer digest = digest(signature);
    current.add(digest.getLong(), digest.getLong());
    current.highestXid = Math.max(current.highestXid, xid);
  }

  /** Says that no catch-up will look for rows of earlier transactions than this one. */
  synchronized void keepSince(long xid) {
    neededSinceXid = xid;
    if (leftOut.size > 0 && leftOut.highestXid < xid) {
      leftOut = new Generation();
    }
  }

  /** The transaction ids are those of another cluster from now on. */
  synchronized void forgetXids() {
    current.highestXid = 0;
    previous.highestXid = 0;
  }

  synchronized int size() {
    return current.size + previous.size + leftOut.size;
  }

  private ByteBuffer digest(String signature) {
    return ByteBuffer.wrap(sha256.digest(signature.getBytes(StandardCharsets.UTF_8)));
  }

  /** A set of pairs by open addressing, at most half full; the pair (0, 0) marks a free place. */
  private static final class Generation {
    private long[] pairs = new long[2 * 1024];
    private int size;
    private long highestXid;

    boolean contains(long high, long low) {
      int place = place(pairs, high, low);
      return pairs[place] == high && pairs[place + 1] == low;
    }

    void add(long high, long low) {
      int place = place(pairs, high, low);
      if (pairs[place] == high && pairs[place + 1] == low) {
        return;
      }
      pairs[place] = high;
      pairs[place + 1] = low;
      size++;
      if (size * 4 > pairs.length) {
        grow();
      }
    }

    private void grow() {
      long[] old = pairs;
      pairs = new long[old.length * 2];
      for (int i = 0; i < old.length; i += 2) {
        if (old[i] != 0 || old[i + 1] != 0) {
          int place = place(pairs, old[i], old[i + 1]);
          pairs[place] = old[i];
          pairs[place + 1] = old[i + 1];
        }
      }
    }

    private static int place(long[] pairs, long high, long low) {
      int place = ((int) high & (pairs.length / 2 - 1)) * 2;
      while ((pairs[place] != 0 || pairs[place + 1] != 0)
          && !(pairs[place] == high && pairs[place + 1] == low)) {
        place = (place + 2) % pairs.length;
      }
      return place;
    }
  }
}
