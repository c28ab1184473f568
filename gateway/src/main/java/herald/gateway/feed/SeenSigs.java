package herald.gateway.feed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The signatures of the last minutes that have been handled, so that none is pushed twice when a
 * catch-up overlaps with what was live.
 *
 * <p>Two generations of 128-bit digests; the older one is dropped when the younger one has lasted
 * for the window, so a signature is known for one to two windows of the feed's activity. Fetch
 * thread only.
 */
final class SeenSigs {
  private final long windowNanos;
  private final MessageDigest sha256;
  private Generation current = new Generation();
  private Generation previous = new Generation();
  private long rotatedAtNanos;

  SeenSigs(long windowNanos, long nowNanos) {
    this.windowNanos = windowNanos;
    rotatedAtNanos = nowNanos;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no SHA-256, which every JVM must have", e);
    }
  }

  boolean contains(String signature) {
    ByteBuffer digest = digest(signature);
    long high = digest.getLong();
    long low = digest.getLong();
    return current.contains(high, low) || previous.contains(high, low);
  }

  void add(String signature, long nowNanos) {
    if (nowNanos - rotatedAtNanos > windowNanos) {
      previous = current;
      current = new Generation();
      rotatedAtNanos = nowNanos;
    }
    ByteBuffer digest = digest(signature);
    current.add(digest.getLong(), digest.getLong());
  }

  int size() {
    return current.size + previous.size;
  }

  private ByteBuffer digest(String signature) {
    return ByteBuffer.wrap(sha256.digest(signature.getBytes(StandardCharsets.UTF_8)));
  }

  /** A set of pairs by open addressing, at most half full; the pair (0, 0) marks a free place. */
  private static final class Generation {
    private long[] pairs = new long[2 * 1024];
    private int size;

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
