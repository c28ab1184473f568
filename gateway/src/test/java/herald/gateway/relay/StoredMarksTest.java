package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.database.ServerIdentity;
import herald.gateway.feed.FeedMark;
import herald.gateway.feed.FeedPoint;
import org.junit.jupiter.api.Test;

/** A mark is stored when all that was handed over before it is. */
class StoredMarksTest {
  private final StoredMarks marks = new StoredMarks();

  private static FeedMark mark(int number) {
    FeedPoint point =
        new FeedPoint(number, 1, 2, 3, 4, new ServerIdentity(5, false, "00000001"), "6/7/8");
    return new FeedMark(point, point, point);
  }

  @Test
  void aMarkWaitsForAllBeforeIt() {
    marks.add(mark(1), 3);
    marks.add(mark(2), 5);
    assertThat(marks.take(2)).isNull();
    assertThat(marks.take(3)).isEqualTo(mark(1));
    assertThat(marks.take(4)).isNull();
    assertThat(marks.take(5)).isEqualTo(mark(2));
    assertThat(marks.take(6)).isNull();
  }

  @Test
  void ofSeveralThatAreStoredTheLastCounts() {
    marks.add(mark(1), 3);
    marks.add(mark(2), 5);
    assertThat(marks.take(9)).isEqualTo(mark(2));
  }

  @Test
  void withNothingBetweenThemTheLaterTakesThePlace() {
    marks.add(mark(1), 3);
    marks.add(mark(2), 3);
    assertThat(marks.take(3)).isEqualTo(mark(2));
    assertThat(marks.take(3)).isNull();
  }
}
