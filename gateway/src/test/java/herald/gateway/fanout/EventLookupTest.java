package herald.gateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventLookupTest {
  private static final long FEW = 6;

  private final EventLog.Writer log = new EventLog.Writer(FEW, Long.MAX_VALUE);
  private final EventLookup times = new EventLookup(log.log(), Event::relayedAtMicros);

  private Event append(long micros, long nowNanos) {
    Event event = EventsFixture.relayedAt(micros);
    log.append(event, nowNanos);
    times.append(event);
    return event;
  }

  @Test
  void findsTheFirstThatIsWanted() {
    Event first = append(5, 0);
    Event other = append(4, 0);
    Event second = append(5, 0);
    Event third = append(5, 0);
    assertThat(times.first(5, event -> true)).isSameAs(first);
    assertThat(times.first(4, event -> true)).isSameAs(other);
    assertThat(times.first(5, event -> event != first)).isSameAs(second);
    assertThat(times.first(5, event -> event == third)).isSameAs(third);
    assertThat(times.first(5, event -> false)).isNull();
    assertThat(times.first(6, event -> true)).isNull();
  }

  @Test
  void forgetsWhatHasLeftTheLog() {
    append(5, 0);
    append(4, 0);
    Event kept = append(5, FEW);
    log.prune(FEW + 1);
    times.forgetReleased();
    assertThat(times.size()).isEqualTo(1);
    assertThat(times.first(5, event -> true)).isSameAs(kept);
    Event next = append(5, FEW + 1);
    assertThat(times.first(5, event -> event != kept)).isSameAs(next);
    log.prune(3 * FEW);
    times.forgetReleased();
    assertThat(times.first(5, event -> true)).isNull();
    assertThat(times.size()).isZero();
  }

  @Test
  void doesNotPileUpWithoutBeingTold() {
    for (int i = 0; i < 1_000; i++) {
      append(i % 10, i);
    }
    assertThat(times.size()).isLessThan(20);
  }

  @Test
  void looksAtAFewOfThoseWithTheSameTime() {
    for (int i = 0; i < 100_000; i++) {
      append(5, 0);
    }
    long[] steps = {0};
    assertThat(times.first(5, event -> ++steps[0] < 0)).isNull();
    assertThat(steps[0]).isLessThan(100);
  }
}
