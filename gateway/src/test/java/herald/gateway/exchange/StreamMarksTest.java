package herald.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.fanout.CommitPlace;
import org.junit.jupiter.api.Test;

/** Marks of the stream, which all instances have at the same place. */
class StreamMarksTest {
  private static final long STREAM = 5;
  private final StreamMarks marks = new StreamMarks();

  private static Mark mark(long stream, long sequence) {
    return mark(stream, sequence, 0);
  }

  private static Mark mark(long stream, long sequence, long clockMicros) {
    return new Mark(stream, sequence, clockMicros, 0, 0);
  }

  @Test
  void aMarkThatIsNotHereYetStandsAtTheOneBefore() {
    assertThat(marks.position(mark(STREAM, 10))).isEqualTo(CommitPlace.BEFORE_THE_LOG);
    marks.add(mark(STREAM, 10), 100);
    marks.add(mark(STREAM, 20), 200);
    assertThat(marks.position(mark(STREAM, 9))).isEqualTo(CommitPlace.BEFORE_THE_LOG);
    assertThat(marks.position(mark(STREAM, 10))).isEqualTo(100);
    assertThat(marks.position(mark(STREAM, 19))).isEqualTo(100);
    assertThat(marks.position(mark(STREAM, 30))).isEqualTo(200);
  }

  /** An instance that names one of them may mean the first. */
  @Test
  void ofSeveralInOneMessageTheFirstCounts() {
    marks.add(mark(STREAM, 10), 100);
    marks.add(mark(STREAM, 10), 105);
    assertThat(marks.position(mark(STREAM, 10))).isEqualTo(100);
  }

  @Test
  void aMarkThatStandsInThePlaceOfOneThatWasLostIsAnother() {
    marks.add(mark(STREAM, 10, 1_000), 100);
    marks.add(mark(STREAM, 20, 7_000), 200);
    assertThat(marks.position(mark(STREAM, 20, 2_000))).isEqualTo(100);
    assertThat(marks.position(mark(STREAM, 20, 7_000))).isEqualTo(200);
    assertThat(marks.position(mark(STREAM, 20, 500))).isEqualTo(CommitPlace.BEFORE_THE_LOG);
  }

  @Test
  void theMarksOfAStreamThatWasMadeAnewAreOthers() {
    marks.add(mark(STREAM, 10), 100);
    marks.add(mark(STREAM + 1, 3), 300);
    assertThat(marks.position(mark(STREAM, 10))).isEqualTo(CommitPlace.BEFORE_THE_LOG);
    assertThat(marks.position(mark(STREAM + 1, 10))).isEqualTo(300);
  }
}
