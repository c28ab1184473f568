package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitingMarksTest {
  private final WaitingMarks waiting = new WaitingMarks();

  private static FeedMark mark(long number) {
    return FeedMark.atTime(number);
  }

  @Test
  void aMarkIsHandledWhenTheRowsBeforeItArePublished() {
    waiting.add(mark(1), 10);
    waiting.add(mark(2), 20);
    assertThat(waiting.poll(9)).isNull();
    assertThat(waiting.poll(10)).isEqualTo(mark(1));
    assertThat(waiting.poll(10)).isNull();
    assertThat(waiting.poll(20)).isEqualTo(mark(2));
    assertThat(waiting.poll(99)).isNull();
  }

  @Test
  void ofThoseThatWaitABoundedNumberIsKeptTheNewest() {
    for (int i = 1; i <= WaitingMarks.MAX_WAITING + 10; i++) {
      waiting.add(mark(i), i);
    }
    assertThat(waiting.poll(Long.MAX_VALUE)).isEqualTo(mark(11));
    int left = 0;
    while (waiting.poll(Long.MAX_VALUE) != null) {
      left++;
    }
    assertThat(left).isEqualTo(WaitingMarks.MAX_WAITING - 1);
  }
}
