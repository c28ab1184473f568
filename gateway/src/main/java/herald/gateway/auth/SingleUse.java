package herald.gateway.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The signed requests that have been used, so that none is used twice within its life. A request is
 * recognized by what was signed and by whom, and not by its signature: there is more than one valid
 * signature of the same text.
 *
 * <p>Holds 64 bits of a digest for each request, and a bounded number of them: beyond it the oldest
 * is forgotten. Any thread.
 */
final class SingleUse {
  private final int max;
  private final long lifeNanos;
  private final LongSupplier nanoClock;

  /** Digest to when it may be forgotten, in the order of both; guarded by this. */
  private final Map<Long, Long> used = new LinkedHashMap<>();

  /** Guarded by this. */
  private long forgotten;

  /**
   * @param max 0 lets everything be used again
   * @param signatureLifeMillis how far a timestamp may be from now, in either direction
   */
  SingleUse(int max, long signatureLifeMillis, LongSupplier nanoClock) {
    this.max = max;
    this.nanoClock = nanoClock;
    // A timestamp as far ahead as is allowed stays valid for twice that time.
    lifeNanos = TimeUnit.MILLISECONDS.toNanos(2 * signatureLifeMillis);
  }

  /** Notes the use of a request, and says whether it is the first. */
  boolean use(String canonicalRequest, String wallet) {
    if (max == 0) {
      return true;
    }
    long digest = digest(canonicalRequest + '\n' + wallet);
    long nowNanos = nanoClock.getAsLong();
    synchronized (this) {
      Iterator<Long> oldest = used.values().iterator();
      while (oldest.hasNext() && oldest.next() - nowNanos < 0) {
        oldest.remove();
      }
      if (used.containsKey(digest)) {
        return false;
      }
      if (used.size() == max) {
        used.remove(used.keySet().iterator().next());
        forgotten++;
      }
      used.put(digest, nowNanos + lifeNanos);
      return true;
    }
  }

  /** How many were forgotten before their time because there were too many. */
  synchronized long forgotten() {
    return forgotten;
  }

  private static long digest(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no SHA-256, which every JVM must have", e);
    }
  }
}
