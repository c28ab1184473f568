package herald.gateway.feed;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a feed has got: all rows before a point of the database's history have been handed over,
 * or have come to nothing. Another feed can begin where this one was.
 */
public final class FeedMark {
  private static final String SEPARATOR = "\n";
  private static final int PARTS = 3;

  private final FeedPoint point;
  private final FeedPoint base;
  private final FeedPoint older;

  /**
   * @param point what has been handed over
   * @param base an earlier point that survives a crash of the server, or this one
   * @param older a point that is some minutes earlier, if there is one
   */
  FeedMark(FeedPoint point, FeedPoint base, FeedPoint older) {
    this.point = point;
    this.base = base;
    this.older = older;
  }

  /**
   * Reads what {@link #toString} gives.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static FeedMark parse(String text) {
    String[] parts = text.split(SEPARATOR, -1);
    if (parts.length != PARTS) {
      throw new IllegalArgumentException("a mark of " + parts.length + " parts (expected: 3)");
    }
    return new FeedMark(
        FeedPoint.parse(parts[0]), FeedPoint.parse(parts[1]), FeedPoint.parse(parts[2]));
  }

  /** The number of the probe that has taken the point. */
  public long probeNumber() {
    return point.probeNumber();
  }

  /** The database's clock at the point, microseconds since the epoch. */
  public long clockMicros() {
    return point.clockMicros();
  }

  /** All rows of transactions below this id, of 64 bits, had been committed at the point. */
  public long xmin() {
    return point.xmin();
  }

  /**
   * An id like {@link #xmin} that is not given out again after a crash of the server; 0 if none is
   * known.
   */
  public long provedXmin() {
    boolean isComparable = base.cluster().equals(point.cluster()) && base.isProved();
    return isComparable ? base.xmin() : 0;
  }

  /** Of which history of the database transaction ids are. */
  public String cluster() {
    return point.cluster();
  }

  FeedPoint point() {
    return point;
  }

  FeedPoint base() {
    return base;
  }

  FeedPoint older() {
    return older;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FeedMark mark
        && point.equals(mark.point)
        && base.equals(mark.base)
        && older.equals(mark.older);
  }

  @Override
  public int hashCode() {
    return Objects.hash(point, base, older);
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    return String.join(SEPARATOR, point.text(), base.text(), older.text());
  }
}
