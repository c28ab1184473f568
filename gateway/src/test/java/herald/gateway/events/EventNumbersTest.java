package herald.gateway.events;

import static org.assertj.core.api.Assertions.assertThat;

import herald.protocol.EventEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EventNumbersTest {
  private static final Audience USER = Audience.of(7);
  private static final long FEW = 6;

  /** A log that holds the events of the last moments only. */
  private final EventLog log = new EventLog(FEW, Long.MAX_VALUE);

  private final EventNumbers numbers = new EventNumbers(log, 0);

  private Event append(long nowNanos) {
    Event event = new Event(EventEncoder.rpc("{}", 1, 0), USER, numbers.tail(), 0);
    log.append(event, nowNanos);
    numbers.append(event.number());
    return event;
  }

  @Test
  void keepsPositionsWhileItGrows() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      events.add(append(0));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(log.get(numbers.at(i))).isSameAs(events.get(i));
    }
    assertThat(numbers.tail()).isEqualTo(100);
  }

  @Test
  void usesTheSlotsOfEventsThatHaveLeftAgain() {
    for (int i = 0; i < 1_000; i++) {
      Event event = append(i * (FEW + 1));
      assertThat(log.get(numbers.at(i))).isSameAs(event);
    }
    assertThat(numbers.tail()).isEqualTo(1_000);
    assertThat(numbers.head()).isGreaterThanOrEqualTo(996);
    assertThat(numbers.at(0)).isEqualTo(EventNumbers.FORGOTTEN);
    assertThat(numbers.at(1_000)).isEqualTo(EventNumbers.NONE);
    assertThat(numbers.forgottenBelow()).isEqualTo(numbers.head());
    assertThat(numbers.coveredSinceNanos()).isGreaterThanOrEqualTo(995 * (FEW + 1));
  }

  @Test
  void findsTheFirstPositionOfANumber() {
    for (int i = 0; i < 10; i++) {
      Event event = append(0);
      assertThat(numbers.firstFrom(event.number())).isEqualTo(i);
      // One that stands elsewhere.
      log.append(EventsFixture.event("other", USER), 0);
    }
    assertThat(numbers.firstFrom(0)).isZero();
    assertThat(numbers.firstFrom(3)).isEqualTo(2);
    assertThat(numbers.firstFrom(19)).isEqualTo(10);
  }

  @Test
  void knowsTheEventOfANumberBeyondThirtyTwoBits() {
    long past = 0xFFFF_FFFDL;
    EventLog old = new EventLog(FEW, Long.MAX_VALUE, past);
    EventNumbers late = new EventNumbers(old, 0);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Event event = EventsFixture.event("e" + i, USER);
      old.append(event, 0);
      late.append(event.number());
      events.add(event);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(old.get(late.at(i))).isSameAs(events.get(i));
    }
    assertThat(events.get(9).number()).isEqualTo(past + 9);
  }

  /** A reader that races with the writer sees the event of its position or nothing. */
  @Test
  void neverGivesAReaderTheEventOfAnotherPosition() throws Exception {
    AtomicReference<String> wrong = new AtomicReference<>();
    int count = 200_000;
    Thread reader =
        new Thread(
            () -> {
              for (long position = 0; position < count && wrong.get() == null; ) {
                if (position >= numbers.tail()) {
                  Thread.onSpinWait();
                  continue;
                }
                long number = numbers.at(position);
                Event event = number == EventNumbers.FORGOTTEN ? null : log.get(number);
                if (event != null && event.relayedAtMicros() != position) {
                  wrong.set(position + " gave " + event.relayedAtMicros());
                }
                position = event == null ? Math.max(position + 1, numbers.head()) : position + 1;
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
