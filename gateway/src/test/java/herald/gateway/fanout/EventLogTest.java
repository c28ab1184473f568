package herald.gateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventLogTest {
  private static final long RETENTION_NANOS = 1_000;

  @Test
  void keepsAnEventForTheRetention() {
    EventLog.Writer log = new EventLog.Writer(RETENTION_NANOS, Long.MAX_VALUE);
    Event event = EventsFixture.event("a", Audience.of(1));
    log.append(event, 0);

    log.prune(RETENTION_NANOS);
    assertThat(log.log().get(event.position())).isSameAs(event);
    assertThat(log.log().spanNanos(RETENTION_NANOS)).isEqualTo(RETENTION_NANOS);

    log.prune(RETENTION_NANOS + 1);
    assertThat(log.log().get(event.position())).isNull();
    assertThat(log.log().size()).isZero();
    assertThat(log.log().bytes()).isZero();
    assertThat(log.log().spanNanos(RETENTION_NANOS + 1)).isZero();
    assertThat(log.log().forcedOut()).isZero();
  }

  @Test
  void letsTheOldestGoWhenTheBytesDoNotSuffice() {
    long eventBytes = EventsFixture.event("a", Audience.of(1)).retainedBytes();
    EventLog.Writer log = new EventLog.Writer(RETENTION_NANOS, 3 * eventBytes);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      events.add(EventsFixture.event("a", Audience.of(1)));
      log.append(events.get(i), i);
    }

    assertThat(events)
        .extracting(event -> log.log().get(event.position()) == null)
        .containsExactly(true, true, false, false, false);
    assertThat(log.log().bytes()).isEqualTo(3 * eventBytes);
    assertThat(log.log().forcedOut()).isEqualTo(2);
    assertThat(log.log().spanNanos(4)).isEqualTo(2);
  }

  @Test
  void keepsPositionsWhileItGrowsAndUsesSlotsAgain() {
    EventLog.Writer log = new EventLog.Writer(RETENTION_NANOS, Long.MAX_VALUE);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      events.add(EventsFixture.event("a", Audience.of(1)));
      log.append(events.get(i), i < 5_000 ? 0 : i);
    }

    assertThat(log.log().size()).isLessThanOrEqualTo((int) RETENTION_NANOS + 1);
    for (int i = 0; i < 10_000; i++) {
      assertThat(log.log().get(i)).isSameAs(i < log.log().head() ? null : events.get(i));
    }
    assertThat(log.leftUntilNanos())
        .isEqualTo(events.get((int) log.log().head() - 1).appendedAtNanos());
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
