package herald.gateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PositionRingTest {
  private static final Audience USER = Audience.of(7);
  private static final long FEW = 6;

  /** A log that holds the events of the last moments only. */
  private final EventLog.Writer log = new EventLog.Writer(FEW, Long.MAX_VALUE);

  private final PositionRing.Writer ring = new PositionRing.Writer(log, 0);

  private Event append(long nowNanos) {
    Event event =
        new Event(
            EventEncoder.rpc(EventId.of("sig", 0), "{}", 1, 0),
            USER,
            ring.ring().tail(),
            RowOrder.committedAt(0));
    log.append(event, nowNanos);
    ring.append(event.position());
    return event;
  }

  @Test
  void keepsIndexesWhileItGrows() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      events.add(append(0));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(log.log().get(ring.ring().at(i))).isSameAs(events.get(i));
    }
    assertThat(ring.ring().tail()).isEqualTo(100);
  }

  @Test
  void usesTheSlotsOfEventsThatHaveLeftAgain() {
    for (int i = 0; i < 1_000; i++) {
      Event event = append(i * (FEW + 1));
      assertThat(log.log().get(ring.ring().at(i))).isSameAs(event);
    }
    assertThat(ring.ring().tail()).isEqualTo(1_000);
    assertThat(ring.ring().head()).isGreaterThanOrEqualTo(996);
    assertThat(ring.ring().at(0)).isEqualTo(PositionRing.FORGOTTEN);
    assertThat(ring.ring().at(1_000)).isEqualTo(PositionRing.NONE);
    assertThat(ring.forgottenBelow()).isEqualTo(ring.ring().head());
    assertThat(ring.coveredSinceNanos()).isGreaterThanOrEqualTo(995 * (FEW + 1));
  }

  @Test
  void findsTheFirstIndexOfAPosition() {
    for (int i = 0; i < 10; i++) {
      Event event = append(0);
      assertThat(ring.firstFrom(event.position())).isEqualTo(i);
      // One that stands elsewhere.
      log.append(EventsFixture.event("other", USER), 0);
    }
    assertThat(ring.firstFrom(0)).isZero();
    assertThat(ring.firstFrom(3)).isEqualTo(2);
    assertThat(ring.firstFrom(19)).isEqualTo(10);
  }

  @Test
  void knowsTheEventOfAPositionBeyondThirtyTwoBits() {
    long past = 0xFFFF_FFFDL;
    EventLog.Writer old = new EventLog.Writer(FEW, Long.MAX_VALUE, past, 1_024);
    PositionRing.Writer late = new PositionRing.Writer(old, 0);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Event event = EventsFixture.event("e" + i, USER);
      old.append(event, 0);
      late.append(event.position());
      events.add(event);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(old.log().get(late.ring().at(i))).isSameAs(events.get(i));
    }
    assertThat(events.get(9).position()).isEqualTo(past + 9);
  }

  /** A reader that races with the writer sees the event of its index or nothing. */
  @Test
  void neverGivesAReaderTheEventOfAnotherIndex() throws Exception {
    AtomicReference<String> wrong = new AtomicReference<>();
    int count = 200_000;
    Thread reader =
        new Thread(
            () -> {
              for (long index = 0; index < count && wrong.get() == null; ) {
                if (index >= ring.ring().tail()) {
                  Thread.onSpinWait();
                  continue;
                }
                long position = ring.ring().at(index);
                Event event = position == PositionRing.FORGOTTEN ? null : log.log().get(position);
                if (event != null && event.relayedAtMicros() != index) {
                  wrong.set(index + " gave " + event.relayedAtMicros());
                }
                index = event == null ? Math.max(index + 1, ring.ring().head()) : index + 1;
              }
            });
    reader.start();
    for (int i = 0; i < count; i++) {
      append(i);
    }
    reader.join();
    assertThat(wrong.get()).isNull();
  }
}
