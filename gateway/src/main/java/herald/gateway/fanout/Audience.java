package herald.gateway.fanout;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The users whom one event concerns: a short sorted array, or a compressed bitmap for the audience
 * of a blast, which may be millions.
 */
public final class Audience {
  /** Concerns nobody. */
  static final Audience NOBODY = of();

  private static final long BITMAP_OVERHEAD_BYTES = 64;

  /** So many entries in mailboxes take less than the event itself. */
  static final int FEW = 64;

  private final int[] users;
  private final @Nullable RoaringBitmap bitmap;

  private Audience(int[] users, @Nullable RoaringBitmap bitmap) {
    this.users = users;
    this.bitmap = bitmap;
  }

  /** These users; order and repetition do not matter. */
  public static Audience of(int... users) {
    int[] sorted = users.clone();
    Arrays.sort(sorted);
    int distinct = 0;
    for (int user : sorted) {
      if (distinct == 0 || user != sorted[distinct - 1]) {
        sorted[distinct] = user;
        distinct++;
      }
    }
    return new Audience(Arrays.copyOf(sorted, distinct), null);
  }

  /** The users of {@code bitmap}, which nobody changes any more. */
  public static Audience of(RoaringBitmap bitmap) {
    return new Audience(new int[0], bitmap);
  }

  /** The users of {@code bitmap}: a broadcast, unless they are few. */
  public static Audience ofBlast(RoaringBitmap bitmap) {
    if (bitmap.getLongCardinality() <= FEW) {
      return of(bitmap.toArray());
    }
    bitmap.runOptimize();
    return of(bitmap);
  }

  /** Every user there can be. */
  public static Audience everybody() {
    return of(RoaringBitmap.bitmapOfRange(0, 1L + Integer.MAX_VALUE));
  }

  /** Whether this audience is a bitmap: users are looked up in it, and it is not walked. */
  public boolean isBroadcast() {
    return bitmap != null;
  }

  /** Whether the event concerns this user. */
  public boolean contains(int userId) {
    return bitmap != null ? bitmap.contains(userId) : Arrays.binarySearch(users, userId) >= 0;
  }

  /** Those of these users whom a broadcast concerns. */
  RoaringBitmap among(RoaringBitmap users) {
    return bitmap == null ? new RoaringBitmap() : RoaringBitmap.and(users, bitmap);
  }

  /** Whether the event concerns nobody. */
  public boolean isEmpty() {
    return bitmap != null ? bitmap.isEmpty() : users.length == 0;
  }

  /** The users, in ascending order. */
  public IntStream stream() {
    return bitmap != null ? Arrays.stream(bitmap.toArray()) : Arrays.stream(users);
  }

  /** The users of a broadcast, not to be modified; null if it is none. */
  public @Nullable RoaringBitmap bitmap() {
    return bitmap;
  }

  /** The users of an audience that is no broadcast; not to be modified. */
  public int[] users() {
    return users;
  }

  /** The users of both; both are broadcasts. */
  Audience with(Audience other) {
    RoaringBitmap mine = Objects.requireNonNull(bitmap);
    RoaringBitmap others = Objects.requireNonNull(other.bitmap);
    return mine.contains(others) ? this : of(RoaringBitmap.or(mine, others));
  }

  /** What an event in the log holds of it. */
  long retainedBytes() {
    return bitmap != null ? BITMAP_OVERHEAD_BYTES + bitmap.getLongSizeInBytes() : 0;
  }
}
