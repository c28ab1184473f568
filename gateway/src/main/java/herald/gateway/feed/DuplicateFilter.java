package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.logging.Field;
import herald.gateway.logging.IntervalLog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The signatures that have been handled and that a reading of the table may find again, so that
 * none is pushed twice. Any thread.
 *
 * <p>A reading finds rows by their transaction or by their time ({@link CatchUp}), so a signature
 * is kept as long as either may find its row. The digests, of 128 bits, are kept in generations:
 * the older one is dropped when the younger one has lasted for the window and no reading can find
 * any row of the older one. Rows that were stamped by a clock that is ahead have generations of
 * their own, since they have to be kept until the database's clock has caught up with them. A
 * transaction that stays open for hours keeps all that long. Beyond a bound in number the older
 * generation is dropped all the same, which is logged; its rows may then be pushed twice.
 */
final class DuplicateFilter {
  private static final long SLACK_MILLIS = 30_000;
  private static final int MAX_PER_GENERATION = 2_000_000;

  /** A row that is stamped farther ahead of the last point was stamped by a clock that is ahead. */
  private static final long AHEAD_MICROS = TimeUnit.MINUTES.toMicros(1);

  /** For a row that could not be read, the farthest that a clock is taken to be ahead. */
  private static final long UNKNOWN_AHEAD_MICROS = TimeUnit.MINUTES.toMicros(61);

  private final IntervalLog forgotten =
      new IntervalLog(LoggerFactory.getLogger(DuplicateFilter.class));
  private final long windowNanos;
  private final int maxPerGeneration;
  private final MessageDigest sha256;

  /**
   * The signature whose digest is known: a row is asked for, found and added one after the other.
   */
  private @Nullable String digested;

  private long digestHigh;
  private long digestLow;

  private final Generations near;
  private final Generations ahead;

  /** Not handled, and no news either. */
  private Generation leftOut = new Generation();

  private long neededSinceXid = Long.MAX_VALUE;
  private long neededSinceMicros = Long.MAX_VALUE;

  /** One that keeps as long as a catch-up reads back by time, and a little more. */
  static DuplicateFilter of(FeedSettings settings, long nowNanos) {
    long windowMillis = settings.overlapMillis() + SLACK_MILLIS;
    return new DuplicateFilter(TimeUnit.MILLISECONDS.toNanos(windowMillis), nowNanos);
  }

  DuplicateFilter(long windowNanos, long nowNanos) {
    this(windowNanos, MAX_PER_GENERATION, nowNanos);
  }

  /** The same, for tests of a full one. */
  DuplicateFilter(long windowNanos, int maxPerGeneration, long nowNanos) {
    this.windowNanos = windowNanos;
    this.maxPerGeneration = maxPerGeneration;
    near = new Generations(nowNanos);
    ahead = new Generations(nowNanos);
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no SHA-256, which every JVM must have", e);
    }
  }

  synchronized boolean contains(String signature) {
    digest(signature);
    return near.contains(digestHigh, digestLow) || ahead.contains(digestHigh, digestLow);
  }

  /** Whether a row that a reading of the table has found is handled, or was left out before. */
  synchronized boolean isKnown(String signature) {
    return contains(signature) || leftOut.contains(digestHigh, digestLow);
  }

  /**
   * Notes a row that was committed before the feed began, and that readings of the table may find
   * as long as a transaction of that time is open. It may have been committed just before the
   * reading; so if a notification of it comes, it is pushed all the same.
   */
  synchronized void leaveOut(String signature, long xid) {
    if (leftOut.size < maxPerGeneration) {
      digest(signature);
      leftOut.add(digestHigh, digestLow);
      leftOut.highestXid = Math.max(leftOut.highestXid, xid);
    }
  }

  /**
   * Notes a row that has been handled.
   *
   * @param xid the transaction that wrote it, 64 bits
   * @param appliedAtMicros its time, by its writer's clock
   * @param clockMicros the database's clock, as far as it is known
   */
  synchronized void add(
      String signature, long xid, long appliedAtMicros, long clockMicros, long nowNanos) {
    boolean isAhead = appliedAtMicros - clockMicros > AHEAD_MICROS;
    digest(signature);
    (isAhead ? ahead : near).add(xid, appliedAtMicros, nowNanos);
  }

  /** Notes a row that has been passed and of which neither transaction nor time are known. */
  synchronized void addUnknown(String signature, long clockMicros, long nowNanos) {
    add(signature, 0, clockMicros + UNKNOWN_AHEAD_MICROS, clockMicros, nowNanos);
  }

  /**
   * Says what readings may find from now on.
   *
   * @param xid no row of an earlier transaction by its transaction
   * @param micros no row of an earlier time by its time
   */
  synchronized void keepSince(long xid, long micros) {
    neededSinceXid = xid;
    neededSinceMicros = micros;
    if (leftOut.size > 0 && leftOut.highestXid < xid) {
      leftOut = new Generation();
    }
  }

  /** The transaction ids are those of another history from now on. */
  synchronized void forgetXids() {
    near.forgetXids();
    ahead.forgetXids();
  }

  synchronized int size() {
    return near.size() + ahead.size() + leftOut.size;
  }

  private void digest(String signature) {
    if (!signature.equals(digested)) {
      byte[] digest = sha256.digest(signature.getBytes(StandardCharsets.UTF_8));
      ByteBuffer numbers = ByteBuffer.wrap(digest);
      digestHigh = numbers.getLong();
      digestLow = numbers.getLong();
      digested = signature;
    }
  }

  /** A younger and an older generation. */
  private final class Generations {
    private Generation current = new Generation();
    private Generation previous = new Generation();
    private long rotatedAtNanos;

    Generations(long nowNanos) {
      rotatedAtNanos = nowNanos;
    }

    boolean contains(long high, long low) {
      return current.contains(high, low) || previous.contains(high, low);
    }

    /** Adds what was digested last. */
    void add(long xid, long appliedAtMicros, long nowNanos) {
      boolean isNeeded =
          previous.highestXid >= neededSinceXid || previous.highestMicros >= neededSinceMicros;
      if (current.size >= maxPerGeneration || (!isNeeded && hasLasted(nowNanos))) {
        if (isNeeded) {
          forgotten.warn(
              "the signatures of {} handled rpc logs are forgotten, since more would have to be"
                  + " kept than fit; some may be pushed twice (expected: no transaction that is"
                  + " open for hours, and writers whose clocks are right)",
              Field.of("rows", previous.size));
        }
        previous = current;
        current = new Generation();
        rotatedAtNanos = nowNanos;
      }
      current.add(digestHigh, digestLow);
      current.highestXid = Math.max(current.highestXid, xid);
      current.highestMicros = Math.max(current.highestMicros, appliedAtMicros);
    }

    private boolean hasLasted(long nowNanos) {
      return nowNanos - rotatedAtNanos > windowNanos;
    }

    void forgetXids() {
      current.highestXid = 0;
      previous.highestXid = 0;
    }

    int size() {
      return current.size + previous.size;
    }
  }

  /** A set of pairs by open addressing, at most half full; the pair (0, 0) marks a free place. */
  private static final class Generation {
    private long[] pairs = new long[2 * 1024];
    private int size;
    private long highestXid;
    private long highestMicros = Long.MIN_VALUE;

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
