package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.database.ServerIdentity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which point a catch-up, a sweep and the duplicate filter begin at. */
class ProgressTest {
  private static final String CLUSTER = "7239/5/16400/00000001";
  private static final String PROMOTED = "7239/5/16400/00000002";
  private static final String OTHER = "7240/5/16400/00000001";
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long OVERLAP_MILLIS = 30_000;
  private static final long MINUTE_MICROS = TimeUnit.MINUTES.toMicros(1);

  private final DuplicateFilter seen = new DuplicateFilter(WINDOW_NANOS, 0);
  private @Nullable FeedPoint lastHeard;
  private final Progress progress =
      new Progress(seen, OVERLAP_MILLIS, () -> lastHeard, null, false);
  private long probes;

  /** A point whose log had reached the disk. */
  private FeedPoint point(long xmin) {
    return point(xmin, xmin, xmin);
  }

  private FeedPoint point(long xmin, long written, long flushed) {
    return point(xmin, written, flushed, 0, CLUSTER);
  }

  private FeedPoint point(long xmin, long written, long flushed, long clockMicros, String cluster) {
    return new FeedPoint(
        ++probes, clockMicros, xmin, written, flushed, new ServerIdentity(1, false, ""), cluster);
  }

  /** A point that comes back when all before it has been read. */
  private void handle(FeedPoint point) {
    progress.onHeard(point, "");
    progress.onRead(Map.of());
  }

  private static Map<String, Long> reading(String... signatures) {
    Map<String, Long> reading = new LinkedHashMap<>();
    for (String signature : signatures) {
      reading.put(signature, 0L);
    }
    return reading;
  }

  private long baseXmin() {
    return progress.base().xmin();
  }

  @Test
  void beginsWithTheFirstCatchUp() {
    assertThat(progress.hasBegun()).isFalse();
    assertThat(progress.sweepBase()).isNull();
    handle(point(50));
    assertThat(progress.hasBegun()).as("a point does not say what was before it").isFalse();
    FeedPoint first = point(100);
    progress.onCaughtUp(first);
    assertThat(progress.hasBegun()).isTrue();
    assertThat(progress.base()).isEqualTo(first);
    assertThat(progress.older()).isEqualTo(first);
    assertThat(progress.sweepBase()).isEqualTo(first);
  }

  @Test
  void aPointIsHandledWhenWhatCameBeforeItHasBeenRead() {
    progress.onCaughtUp(point(100));
    FeedPoint second = point(200);
    FeedPoint third = point(300);
    progress.onHeard(second, "a");
    progress.onHeard(third, "c");
    progress.onRead(reading("a", "b", "c"));
    assertThat(baseXmin()).isEqualTo(100);
    assertThat(progress.handledProbe()).isEqualTo(0);
    progress.onRead(reading("b", "c"));
    assertThat(baseXmin()).isEqualTo(200);
    assertThat(progress.handledProbe()).isEqualTo(second.probeNumber());
    progress.onRead(reading("c", "d"));
    assertThat(baseXmin()).isEqualTo(200);
    progress.onRead(reading("d"));
    assertThat(baseXmin()).isEqualTo(300);
    assertThat(progress.handledProbe()).isEqualTo(third.probeNumber());
  }

  /** Its ids may be given out again after a crash. */
  @Test
  void aPointThatIsNotFlushedCountsWhenALaterOneShowsIt() {
    progress.onCaughtUp(point(100));
    handle(point(200, 2_000, 1_999));
    assertThat(baseXmin()).isEqualTo(100);
    handle(point(300, 3_000, 1_999));
    assertThat(baseXmin()).isEqualTo(100);
    handle(point(400, 4_000, 2_000));
    assertThat(baseXmin()).as("the first of those that waited").isEqualTo(200);
    assertThat(progress.base().isProved()).isTrue();
    handle(point(500, 5_000, 4_000));
    assertThat(baseXmin()).isEqualTo(400);
    handle(point(600, 6_000, 6_000));
    assertThat(baseXmin()).isEqualTo(600);
  }

  /** While a row is being read for hours, probes come back all the time. */
  @Test
  void ofPointsThatWaitABoundedNumberIsKeptTheNewest() {
    progress.onCaughtUp(point(100));
    long first = probes + 1;
    for (int i = 0; i < Progress.MAX_HEARD + 10; i++) {
      progress.onHeard(point(200 + i), i < Progress.MAX_HEARD + 5 ? "a" : "b");
    }
    progress.onRead(reading("a", "b"));
    assertThat(baseXmin()).isEqualTo(100);
    assertThat(progress.heard()).isEqualTo(Progress.MAX_HEARD);
    progress.onRead(reading("b"));
    assertThat(progress.handledProbe()).isEqualTo(first + Progress.MAX_HEARD + 4);
    progress.onRead(Map.of());
    assertThat(baseXmin()).isEqualTo(200 + Progress.MAX_HEARD + 9);
  }

  /** The log that passes its position now may be another one. */
  @Test
  void aPointThatIsNotFlushedIsDroppedWithTheConnection() {
    progress.onCaughtUp(point(100));
    handle(point(200, 2_000, 1_000));
    progress.onCaughtUp(point(150, 3_500, 1_500));
    handle(point(160, 4_000, 2_500));
    assertThat(baseXmin()).isEqualTo(100);
    handle(point(170, 4_500, 3_500));
    assertThat(baseXmin()).as("the catch-up's own point").isEqualTo(150);
  }

  @Test
  void pointsOfTheConnectionBeforeAreDroppedByACatchUp() {
    progress.onCaughtUp(point(100));
    progress.onHeard(point(200), "a");
    progress.onCaughtUp(point(150));
    progress.onRead(Map.of());
    assertThat(baseXmin()).isEqualTo(150);
  }

  @Test
  void theCatchUpsOwnPointIsShownByALaterOne() {
    progress.onCaughtUp(point(100));
    progress.onCaughtUp(point(200, 2_000, 1_000));
    assertThat(baseXmin()).isEqualTo(100);
    handle(point(300, 3_000, 2_000));
    assertThat(baseXmin()).isEqualTo(200);
  }

  /** There is no earlier one to begin at. */
  @Test
  void theFirstBaseCountsBeforeItIsFlushedAndSaysSo() {
    progress.onCaughtUp(point(100, 1_000, 900));
    assertThat(baseXmin()).isEqualTo(100);
    assertThat(progress.base().isProved()).isFalse();
    assertThat(progress.sweepBase()).as("by its ids alone").matches(FeedPoint::isProved);
    handle(point(200, 2_000, 1_000));
    assertThat(baseXmin()).isEqualTo(100);
    assertThat(progress.base().isProved()).isTrue();
  }

  @Test
  void afterACrashTheFirstBaseMayGoBack() {
    progress.onCaughtUp(point(100, 1_000, 900));
    progress.onCaughtUp(point(90, 950, 920));
    assertThat(baseXmin()).isEqualTo(100);
    assertThat(progress.base().isProved()).isFalse();
    handle(point(95, 960, 955));
    assertThat(baseXmin()).isEqualTo(90);
    assertThat(progress.base().isProved()).isTrue();
  }

  @Test
  void aBaseNeverGoesBack() {
    progress.onCaughtUp(point(100));
    handle(point(200));
    handle(point(150));
    progress.onCaughtUp(point(180));
    assertThat(baseXmin()).isEqualTo(200);
    handle(point(200, 300, 300));
    assertThat(progress.base().writtenLsn()).as("the same ids, later").isEqualTo(300);
  }

  @Test
  void theOlderBaseIsMinutesBehind() {
    progress.onCaughtUp(at(100, 0));
    handle(at(200, 1));
    handle(at(300, 6));
    assertThat(progress.older().xmin()).isEqualTo(100);
    handle(at(400, 10));
    assertThat(progress.older().xmin()).isEqualTo(100);
    handle(at(500, 12));
    assertThat(progress.older().xmin()).isEqualTo(300);
    handle(at(600, 18));
    assertThat(progress.older().xmin()).isEqualTo(500);
    assertThat(baseXmin()).isEqualTo(600);
  }

  private FeedPoint at(long xmin, long minute) {
    return point(xmin, xmin, xmin, minute * MINUTE_MICROS, CLUSTER);
  }

  @Test
  void aFeedThatDoesNotKnowWhatWasHandledGoesNoFurtherBackThanToItsBegin() {
    FeedMark mark = new FeedMark(at(300, 12), at(200, 11), at(100, 5));
    Progress fresh =
        new Progress(seen, OVERLAP_MILLIS, () -> lastHeard, new FeedBegin(mark, 0, false), false);
    assertThat(fresh.older()).isEqualTo(mark.base());
    assertThat(fresh.oldest()).isEqualTo(mark.older());
    fresh.onCaughtUp(at(400, 13));
    assertThat(fresh.oldest()).isEqualTo(mark.older());
    fresh.onCaughtUp(at(500, 20));
    assertThat(fresh.oldest()).isEqualTo(fresh.older()).isEqualTo(mark.base());
  }

  @Test
  void anotherClusterHasNoEarlierPoints() {
    progress.onCaughtUp(at(100, 0));
    handle(at(200, 6));
    handle(at(300, 12));
    FeedPoint promoted = point(50, 50, 50, 13 * MINUTE_MICROS, PROMOTED);
    progress.onCaughtUp(promoted);
    assertThat(progress.base()).isEqualTo(promoted);
    assertThat(progress.older()).isEqualTo(promoted);
    assertThat(progress.sweepBase()).isEqualTo(promoted);
    handle(at(400, 14));
    assertThat(progress.base()).as("a late word of the cluster before").isEqualTo(promoted);
    handle(point(60, 60, 60, 14 * MINUTE_MICROS, PROMOTED));
    assertThat(baseXmin()).isEqualTo(60);
  }

  @Test
  void aSweepBeginsWhereTheOneBeforeEnded() {
    progress.onCaughtUp(point(100));
    handle(point(200));
    assertThat(progress.sweepBase())
        .as("a notification announces no row that has none")
        .isNotNull();
    assertThat(sweepXmin()).isEqualTo(100);
    progress.onSwept(point(150, 1_500, 0));
    assertThat(sweepXmin()).isEqualTo(150);
    assertThat(progress.sweepBase()).as("by its ids alone").matches(FeedPoint::isProved);
    progress.onSwept(point(170, 170, 170, 0, PROMOTED));
    assertThat(sweepXmin()).as("of a cluster that no catch-up has read").isEqualTo(150);
  }

  private long sweepXmin() {
    FeedPoint swept = progress.sweepBase();
    return swept == null ? -1 : swept.xmin();
  }

  /** What one of them can find again must be known to the duplicate filter. */
  @Test
  void theFilterKeepsWhatTheOlderBaseMayFind() {
    progress.onCaughtUp(at(100, 0));
    add("row", 150, 0);
    progress.onSwept(at(1_000, 1));
    handle(at(200, 6));
    letTheWindowPass(1);
    assertThat(seen.contains("row")).as("the older base is %s", progress.older().xmin()).isTrue();
    handle(at(300, 12));
    letTheWindowPass(2);
    assertThat(seen.contains("row")).as("the older base is %s", progress.older().xmin()).isFalse();
  }

  @Test
  void theFilterKeepsWhatTheBaseMayFind() {
    progress.onCaughtUp(at(100, 0));
    add("row", 150, 0);
    progress.onSwept(at(1_000, 1));
    // A transaction stays open.
    handle(at(100, 6));
    handle(at(100, 12));
    letTheWindowPass(1);
    assertThat(seen.contains("row")).isTrue();
  }

  @Test
  void theFilterKeepsWhatASweepMayFind() {
    progress.onCaughtUp(at(100, 0));
    add("row", 150, 0);
    handle(at(200, 6));
    handle(at(300, 12));
    letTheWindowPass(1);
    assertThat(seen.contains("row")).isTrue();
    progress.onSwept(at(300, 13));
    handle(at(310, 13));
    letTheWindowPass(2);
    assertThat(seen.contains("row")).isFalse();
  }

  @Test
  void idsOfAnotherSystemKeepNothingInTheFilter() {
    progress.onCaughtUp(at(100, 0));
    add("row", 150, 0);
    progress.onCaughtUp(point(50, 50, 50, MINUTE_MICROS, OTHER));
    letTheWindowPass(1);
    assertThat(seen.contains("row")).isFalse();
  }

  /** The standby has the row, and a second fail-over has the table read from before it again. */
  @Test
  void idsOfThePrimaryBeforeAreKeptAfterAFailOver() {
    progress.onCaughtUp(at(100, 0));
    add("row", 150, 0);
    progress.onCaughtUp(point(140, 140, 140, MINUTE_MICROS, PROMOTED));
    letTheWindowPass(1);
    assertThat(seen.contains("row")).isTrue();
  }

  /** The database was away: what a catch-up reads by time from before that is still known. */
  @Test
  void theFilterKeepsWhatAReadingByTimeMayFind() {
    progress.onCaughtUp(at(100, 10));
    progress.onSwept(at(1_000, 10));
    handle(at(1_000, 16));
    handle(at(1_000, 22));
    seen.add("row", 150, 22 * MINUTE_MICROS - 20_000_000, 22 * MINUTE_MICROS, 0);
    seen.add("old row", 150, 22 * MINUTE_MICROS - 40_000_000, 22 * MINUTE_MICROS, 0);
    letTheWindowPass(1);
    assertThat(seen.contains("row")).isTrue();
    handle(at(1_000, 23));
    letTheWindowPass(2);
    assertThat(seen.contains("row")).isFalse();
  }

  private void add(String signature, long xid, long nowNanos) {
    seen.add(signature, xid, 0, 0, nowNanos);
  }

  /** Adds rows of later transactions, which take the place of those that need not be kept. */
  private void letTheWindowPass(int times) {
    for (int i = 0; i < 2; i++) {
      add("later " + times + i, 5_000, (2 * times + i) * (WINDOW_NANOS + 1));
    }
  }

  @Test
  void rowsAreCompletedByTheBaseOrByWhatWasHeard() {
    assertThat(progress.point().fullXid(7)).isEqualTo(7);
    lastHeard = point((1L << 32) + 5);
    assertThat(progress.point().fullXid(7)).isEqualTo((1L << 32) + 7);
    progress.onCaughtUp(point((2L << 32) + 5));
    assertThat(progress.point().fullXid(7)).isEqualTo((2L << 32) + 7);
  }
}
