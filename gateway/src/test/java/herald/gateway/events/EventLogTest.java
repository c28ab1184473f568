package herald.gateway.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventLogTest {
  private static final long HORIZON_NANOS = 1_000;

  @Test
  void keepsAnEventUntilTheHorizon() {
    EventLog log = new EventLog(HORIZON_NANOS, Long.MAX_VALUE);
    Event event = EventsFixture.event("a", Audience.of(1));
    log.append(event, 0);

    log.prune(HORIZON_NANOS);
    assertThat(log.get(event.number())).isSameAs(event);
    assertThat(log.spanNanos(HORIZON_NANOS)).isEqualTo(HORIZON_NANOS);

    log.prune(HORIZON_NANOS + 1);
    assertThat(log.get(event.number())).isNull();
    assertThat(log.size()).isZero();
    assertThat(log.bytes()).isZero();
    assertThat(log.spanNanos(HORIZON_NANOS + 1)).isZero();
    assertThat(log.forcedOut()).isZero();
  }

  @Test
  void letsTheOldestGoWhenTheBytesDoNotSuffice() {
    long eventBytes = EventsFixture.event("a", Audience.of(1)).retainedBytes();
    EventLog log = new EventLog(HORIZON_NANOS, 3 * eventBytes);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      events.add(EventsFixture.event("a", Audience.of(1)));
      log.append(events.get(i), i);
    }

    assertThat(events)
        .extracting(event -> log.get(event.number()) == null)
        .containsExactly(true, true, false, false, false);
    assertThat(log.bytes()).isEqualTo(3 * eventBytes);
    assertThat(log.forcedOut()).isEqualTo(2);
    assertThat(log.spanNanos(4)).isEqualTo(2);
  }

  @Test
  void keepsNumbersWhileItGrowsAndUsesSlotsAgain() {
    EventLog log = new EventLog(HORIZON_NANOS, Long.MAX_VALUE);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      events.add(EventsFixture.event("a", Audience.of(1)));
      log.append(events.get(i), i < 5_000 ? 0 : i);
    }

    assertThat(log.size()).isLessThanOrEqualTo((int) HORIZON_NANOS + 1);
    for (int i = 0; i < 10_000; i++) {
      assertThat(log.get(i)).isSameAs(i < log.head() ? null : events.get(i));
    }
    assertThat(log.leftUntilNanos()).isEqualTo(events.get((int) log.head() - 1).appendedAtNanos());
  }

  @Test
  void countsABitmapAudienceByItsSize() {
    org.roaringbitmap.RoaringBitmap many = new org.roaringbitmap.RoaringBitmap();
    for (int user = 0; user < 100_000; user += 3) {
      many.add(user);
    }
    long narrow = EventsFixture.event("a", Audience.of(1)).retainedBytes();
    long wide = EventsFixture.event("a", Audience.of(many)).retainedBytes();
    assertThat(wide - narrow).isGreaterThan(10_000);
  }
}
