package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DuplicateFilterTest {
  private static final long WINDOW_NANOS = 1_000;
  private static final int MOST = 100;

  private final DuplicateFilter seen = new DuplicateFilter(WINDOW_NANOS, MOST, 0);

  @Test
  void knowsWhatWasAdded() {
    assertThat(seen.contains("a")).isFalse();
    seen.add("a", 10, 0);
    seen.add("a", 10, 1);
    assertThat(seen.contains("a")).isTrue();
    assertThat(seen.contains("b")).isFalse();
    assertThat(seen.size()).isEqualTo(1);
  }

  @Test
  void growsWithoutLosingAny() {
    DuplicateFilter many = new DuplicateFilter(WINDOW_NANOS, 1_000_000, 0);
    for (int i = 0; i < 20_000; i++) {
      many.add("signature " + i, i, 0);
    }
    assertThat(many.size()).isEqualTo(20_000);
    for (int i = 0; i < 20_000; i++) {
      assertThat(many.contains("signature " + i)).isTrue();
    }
    assertThat(many.contains("signature 20000")).isFalse();
  }

  @Test
  void forgetsAfterTwoWindowsWhatNoCatchUpCanFind() {
    seen.keepSince(100);
    seen.add("old", 10, 0);
    seen.add("next", 20, WINDOW_NANOS + 1);
    assertThat(seen.contains("old")).as("in the generation before").isTrue();
    seen.add("more", 30, 2 * WINDOW_NANOS + 1);
    assertThat(seen.contains("old")).as("the window of the younger one has not passed").isTrue();
    seen.add("last", 40, 2 * WINDOW_NANOS + 2);
    assertThat(seen.contains("old")).isFalse();
    assertThat(seen.contains("next")).isTrue();
  }

  /** A transaction that stays open keeps a catch-up's beginning where it is. */
  @Test
  void keepsForAsLongAsATransactionIsOpen() {
    seen.keepSince(10);
    seen.add("behind the open one", 10, 0);
    for (int i = 1; i <= 20; i++) {
      seen.add("later " + i, 10 + i, i * (WINDOW_NANOS + 1));
    }
    assertThat(seen.contains("behind the open one")).isTrue();
    assertThat(seen.contains("later 1")).isTrue();
    seen.keepSince(100);
    seen.add("after its end", 101, 30 * WINDOW_NANOS);
    assertThat(seen.contains("behind the open one")).isFalse();
    assertThat(seen.contains("later 20")).isTrue();
  }

  @Test
  void theNumberIsBoundedWhateverIsOpen() {
    seen.keepSince(1);
    for (int i = 0; i < 10 * MOST; i++) {
      seen.add("signature " + i, 5, 0);
    }
    assertThat(seen.size()).isBetween(MOST, 2 * MOST);
    assertThat(seen.contains("signature " + (9 * MOST))).isTrue();
    assertThat(seen.contains("signature 0")).isFalse();
  }

  /** Ids of another cluster say nothing: what is known goes with its window. */
  @Test
  void idsOfTheClusterBeforeKeepNothing() {
    seen.keepSince(10);
    seen.add("old", 1_000, 0);
    seen.add("next", 1_000, WINDOW_NANOS + 1);
    seen.forgetXids();
    assertThat(seen.contains("old")).isTrue();
    seen.add("of the new one", 5, 2 * WINDOW_NANOS + 2);
    assertThat(seen.contains("old")).isFalse();
    assertThat(seen.contains("next")).isTrue();
    seen.add("later", 6, 4 * WINDOW_NANOS);
    assertThat(seen.contains("next")).isFalse();
  }

  /** Rows come in the order of commits, not of transaction ids. */
  @Test
  void theHighestIdOfAGenerationCounts() {
    seen.keepSince(100);
    seen.add("late", 200, 0);
    seen.add("early", 5, 0);
    seen.add("next", 5, WINDOW_NANOS + 1);
    seen.add("last", 5, 2 * (WINDOW_NANOS + 1));
    assertThat(seen.contains("late")).isTrue();
  }

  @Test
  void aRowWhoseTransactionIsUnknownKeepsNothing() {
    seen.keepSince(10);
    seen.add("missing", 0, 0);
    seen.add("next", 0, WINDOW_NANOS + 1);
    seen.add("last", 0, 2 * (WINDOW_NANOS + 1));
    assertThat(seen.contains("missing")).isFalse();
  }

  /** A reading of the table passes them; a notification of one is news. */
  @Test
  void whatWasLeftOutIsKnownToReadingsAlone() {
    seen.leaveOut("before the feed", 10);
    assertThat(seen.contains("before the feed")).isFalse();
    assertThat(seen.isKnown("before the feed")).isTrue();
    assertThat(seen.isKnown("another")).isFalse();
    seen.add("handled", 11, 0);
    assertThat(seen.isKnown("handled")).isTrue();
  }

  @Test
  void whatWasLeftOutIsForgottenWhenNoReadingCanFindIt() {
    seen.leaveOut("early", 10);
    seen.leaveOut("late", 20);
    seen.leaveOut("in between", 15);
    seen.keepSince(20);
    assertThat(seen.isKnown("early")).isTrue();
    seen.keepSince(21);
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
