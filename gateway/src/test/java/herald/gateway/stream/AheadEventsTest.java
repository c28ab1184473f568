package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AheadEventsTest {
  private static final long MINUTE = TimeUnit.MINUTES.toMicros(1);
  private static final long NOW = 1_000_000 * MINUTE;

  private final AheadEvents events = new AheadEvents(100);

  @Test
  void anEventIsKnownUntilItsTimeHasPassed() {
    events.add(1, NOW + 40 * MINUTE, NOW);
    for (int minute = 0; minute <= 55; minute++) {
      events.onTime(NOW + minute * MINUTE);
      assertThat(events.contains(1)).as("minute %d", minute).isTrue();
    }
    events.onTime(NOW + 200 * MINUTE);
    assertThat(events.contains(1)).isFalse();
    assertThat(events.size()).isZero();
  }

  @Test
  void whatIsStampedRightIsNotKept() {
    events.add(1, NOW, NOW);
    events.add(2, NOW + MINUTE, NOW);
    events.add(3, NOW - 19 * MINUTE, NOW);
    assertThat(events.size()).isZero();
  }

  @Test
  void anyEventIsKeptWhileTheTimeIsNotKnown() {
    events.add(1, NOW, Long.MIN_VALUE);
    assertThat(events.contains(1)).isTrue();
    events.onTime(NOW);
    assertThat(events.contains(1)).isTrue();
    events.onTime(NOW + 16 * MINUTE);
    assertThat(events.contains(1)).isFalse();
  }

  @Test
  void aWriterWhoseClockIsAlwaysAheadDoesNotFillTheMemory() {
    for (int minute = 0; minute < 1_000; minute++) {
      events.add(minute, NOW + (minute + 20) * MINUTE, NOW + minute * MINUTE);
      for (int last = Math.max(0, minute - 35); last <= minute; last++) {
        assertThat(events.contains(last)).as("%d in minute %d", last, minute).isTrue();
      }
      assertThat(events.size()).isLessThan(80);
    }
  }

  @Test
  void beyondItsBoundTheOldestAreForgotten() {
    for (int key = 0; key < 300; key++) {
      events.add(key, NOW + 20 * MINUTE, NOW);
    }
    assertThat(events.contains(299)).isTrue();
    assertThat(events.contains(0)).isFalse();
    assertThat(events.size()).isLessThanOrEqualTo(200);
  }
}
