package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PublishedEventsTest {
  private static final long SPAN_MILLIS = 1_000;
  private static final long SPAN_MICROS = TimeUnit.MILLISECONDS.toMicros(SPAN_MILLIS);

  private final PublishedEvents events = new PublishedEvents(SPAN_MILLIS);

  @Test
  void knowsWhatWasAdded() {
    for (long key = -5_000; key < 5_000; key++) {
      events.add(key << 40, 0, 0);
    }
    for (long key = -5_000; key < 5_000; key++) {
      assertThat(events.contains(key << 40)).isTrue();
    }
    assertThat(events.contains(7)).isFalse();
    assertThat(events.size()).isEqualTo(10_000);
  }

  @Test
  void forgetsWhatCanNotStandInTheStreamAnyMore() {
    events.add(1, 0, 0);
    events.add(2, 0, SPAN_MICROS + 1);
    assertThat(events.contains(1)).isTrue();
    events.add(3, 0, 2 * SPAN_MICROS + 2);
    assertThat(events.contains(1)).isFalse();
    assertThat(events.contains(2)).isTrue();
  }

  @Test
  void remembersForAsLongAsTheStreamKeepsMessages() {
    events.rememberFor(3 * SPAN_MILLIS);
    events.add(1, 0, 0);
    events.add(2, 0, SPAN_MICROS + 1);
    events.add(3, 0, 2 * SPAN_MICROS + 2);
    assertThat(events.contains(1)).isTrue();
    events.rememberFor(SPAN_MILLIS);
    events.add(4, 0, 3 * SPAN_MICROS);
    assertThat(events.contains(1)).as("it was told of a longer time before").isTrue();
  }

  @Test
  void knowsSinceWhenNothingIsForgotten() {
    events.add(1, 0, 0);
    events.add(2, 0, SPAN_MICROS + 1);
    assertThat(events.isCompleteSince(0)).isTrue();
    events.add(3, 0, 2 * SPAN_MICROS + 2);
    assertThat(events.isCompleteSince(SPAN_MICROS)).isFalse();
    assertThat(events.isCompleteSince(SPAN_MICROS + 1)).isTrue();
  }

  @Test
  void knowsNothingOfWhatWasNotRead() {
    events.onRead(1);
    assertThat(events.isCompleteSince(0)).isTrue();
    events.onMissing();
    events.onRead(9);
    events.onRead(10);
    assertThat(events.isCompleteSince(8)).isFalse();
    assertThat(events.isCompleteSince(9)).isTrue();
  }

  @Test
  void knowsForLongerWhatWasStampedAhead() {
    long appliedAtMicros = TimeUnit.MINUTES.toMicros(19);
    events.add(1, appliedAtMicros, 0);
    events.add(2, SPAN_MICROS, SPAN_MICROS + 1);
    events.add(3, 2 * SPAN_MICROS, 2 * SPAN_MICROS + 2);
    assertThat(events.contains(1)).isTrue();
    events.forget();
    assertThat(events.contains(1)).as("the stream has lost it").isFalse();
  }
}
