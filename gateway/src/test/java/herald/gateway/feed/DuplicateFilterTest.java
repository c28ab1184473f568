package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DuplicateFilterTest {
  private static final long WINDOW_NANOS = 1_000;
  private static final int MOST = 100;

  private final DuplicateFilter seen = new DuplicateFilter(WINDOW_NANOS, MOST, 0);

  /** A row of a writer whose clock is right, at a database whose clock stands still. */
  private static void add(DuplicateFilter filter, String signature, long xid, long nowNanos) {
    filter.add(signature, xid, 0, 0, nowNanos);
  }

  /** No reading by time finds any row. */
  private void keepSince(long xid) {
    seen.keepSince(xid, 1);
  }

  @Test
  void knowsWhatWasAdded() {
    assertThat(seen.contains("a")).isFalse();
    add(seen, "a", 10, 0);
    add(seen, "a", 10, 1);
    assertThat(seen.contains("a")).isTrue();
    assertThat(seen.contains("b")).isFalse();
    assertThat(seen.size()).isEqualTo(1);
  }

  @Test
  void growsWithoutLosingAny() {
    DuplicateFilter many = new DuplicateFilter(WINDOW_NANOS, 1_000_000, 0);
    for (int i = 0; i < 20_000; i++) {
      add(many, "signature " + i, i, 0);
    }
    assertThat(many.size()).isEqualTo(20_000);
    for (int i = 0; i < 20_000; i++) {
      assertThat(many.contains("signature " + i)).isTrue();
    }
    assertThat(many.contains("signature 20000")).isFalse();
  }

  @Test
  void forgetsAfterTwoWindowsWhatNoCatchUpCanFind() {
    keepSince(100);
    add(seen, "old", 10, 0);
    add(seen, "next", 20, WINDOW_NANOS + 1);
    assertThat(seen.contains("old")).as("in the generation before").isTrue();
    add(seen, "more", 30, 2 * WINDOW_NANOS + 1);
    assertThat(seen.contains("old")).as("the window of the younger one has not passed").isTrue();
    add(seen, "last", 40, 2 * WINDOW_NANOS + 2);
    assertThat(seen.contains("old")).isFalse();
    assertThat(seen.contains("next")).isTrue();
  }

  /** A transaction that stays open keeps a catch-up's beginning where it is. */
  @Test
  void keepsForAsLongAsATransactionIsOpen() {
    keepSince(10);
    add(seen, "behind the open one", 10, 0);
    for (int i = 1; i <= 20; i++) {
      add(seen, "later " + i, 10 + i, i * (WINDOW_NANOS + 1));
    }
    assertThat(seen.contains("behind the open one")).isTrue();
    assertThat(seen.contains("later 1")).isTrue();
    keepSince(100);
    add(seen, "after its end", 101, 30 * WINDOW_NANOS);
    assertThat(seen.contains("behind the open one")).isFalse();
    assertThat(seen.contains("later 20")).isTrue();
  }

  @Test
  void theNumberIsBoundedWhateverIsOpen() {
    keepSince(1);
    for (int i = 0; i < 10 * MOST; i++) {
      add(seen, "signature " + i, 5, 0);
    }
    assertThat(seen.size()).isBetween(MOST, 2 * MOST);
    assertThat(seen.contains("signature " + (9 * MOST))).isTrue();
    assertThat(seen.contains("signature 0")).isFalse();
  }

  /** Ids of another cluster say nothing: what is known goes with its window. */
  @Test
  void idsOfTheClusterBeforeKeepNothing() {
    keepSince(10);
    add(seen, "old", 1_000, 0);
    add(seen, "next", 1_000, WINDOW_NANOS + 1);
    seen.forgetXids();
    assertThat(seen.contains("old")).isTrue();
    add(seen, "of the new one", 5, 2 * WINDOW_NANOS + 2);
    assertThat(seen.contains("old")).isFalse();
    assertThat(seen.contains("next")).isTrue();
    add(seen, "later", 6, 4 * WINDOW_NANOS);
    assertThat(seen.contains("next")).isFalse();
  }

  /** Rows come in the order of commits, not of transaction ids. */
  @Test
  void theHighestIdOfAGenerationCounts() {
    keepSince(100);
    add(seen, "late", 200, 0);
    add(seen, "early", 5, 0);
    add(seen, "next", 5, WINDOW_NANOS + 1);
    add(seen, "last", 5, 2 * (WINDOW_NANOS + 1));
    assertThat(seen.contains("late")).isTrue();
  }

  /** The database was away for longer than the window. */
  @Test
  void keepsWhatAReadingByTimeMayFind() {
    seen.keepSince(100, 5_000);
    seen.add("before", 10, 4_999, 5_000, 0);
    seen.add("within", 10, 5_000, 5_000, WINDOW_NANOS + 1);
    seen.add("after", 10, 5_001, 5_000, 2 * (WINDOW_NANOS + 1));
    assertThat(seen.contains("before")).isFalse();
    seen.add("later", 10, 5_002, 5_000, 9 * WINDOW_NANOS);
    assertThat(seen.contains("within")).isTrue();
    seen.keepSince(100, 5_001);
    seen.add("last", 10, 5_003, 5_000, 9 * WINDOW_NANOS);
    assertThat(seen.contains("within")).isFalse();
  }

  @Test
  void aRowOfAClockThatIsAheadIsKeptUntilItsTimeHasComeAndKeepsNoOthers() {
    long hour = TimeUnit.HOURS.toMicros(1);
    seen.keepSince(100, 0);
    seen.add("ahead", 10, hour, 0, 0);
    for (int i = 0; i < 5; i++) {
      seen.keepSince(100, i + 1);
      seen.add("near " + i, 10, i, i, i * (WINDOW_NANOS + 1));
      seen.add("ahead " + i, 10, hour + i, i, i * (WINDOW_NANOS + 1));
    }
    assertThat(seen.contains("ahead")).isTrue();
    assertThat(seen.contains("near 0")).isFalse();
    seen.keepSince(100, hour + 5);
    seen.add("ahead 5", 10, 2 * hour, hour, 9 * WINDOW_NANOS);
    assertThat(seen.contains("ahead")).isFalse();
  }

  /** Its time may be an hour ahead. */
  @Test
  void aRowOfWhichNothingIsKnownIsKeptForAnHour() {
    seen.keepSince(100, 0);
    seen.addUnknown("unreadable", 0, 0);
    seen.keepSince(100, TimeUnit.HOURS.toMicros(1));
    seen.addUnknown("next", 0, WINDOW_NANOS + 1);
    seen.addUnknown("last", 0, 2 * (WINDOW_NANOS + 1));
    assertThat(seen.contains("unreadable")).isTrue();
  }

  /** A reading of the table passes them; a notification of one is news. */
  @Test
  void whatWasLeftOutIsKnownToReadingsAlone() {
    seen.leaveOut("before the feed", 10);
    assertThat(seen.contains("before the feed")).isFalse();
    assertThat(seen.isKnown("before the feed")).isTrue();
    assertThat(seen.isKnown("another")).isFalse();
    add(seen, "handled", 11, 0);
    assertThat(seen.isKnown("handled")).isTrue();
  }

  @Test
  void whatWasLeftOutIsForgottenWhenNoReadingCanFindIt() {
    seen.leaveOut("early", 10);
    seen.leaveOut("late", 20);
    seen.leaveOut("in between", 15);
    keepSince(20);
    assertThat(seen.isKnown("early")).isTrue();
    keepSince(21);
    assertThat(seen.isKnown("early")).isFalse();
    assertThat(seen.isKnown("late")).isFalse();
    assertThat(seen.size()).isZero();
  }

  @Test
  void whatWasLeftOutIsBoundedToo() {
    for (int i = 0; i < 10 * MOST; i++) {
      seen.leaveOut("signature " + i, 5);
    }
    assertThat(seen.size()).isEqualTo(MOST);
  }
}
