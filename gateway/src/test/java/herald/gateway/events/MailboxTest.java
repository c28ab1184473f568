package herald.gateway.events;

import static org.assertj.core.api.Assertions.assertThat;

import herald.protocol.EventEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MailboxTest {
  private static final Audience USER = Audience.of(7);
  private static final long FEW = 6;

  /** A log that holds the events of the last moments only. */
  private final EventLog log = new EventLog(FEW, Long.MAX_VALUE);

  private final Mailbox mailbox = new Mailbox(7, log, 0);

  private Event append(long nowNanos) {
    Event event = new Event(EventEncoder.rpc("{}", 1, 0), USER, mailbox.tail(), 0);
    log.append(event, nowNanos);
    mailbox.append(event.number());
    return event;
  }

  @Test
  void keepsPositionsWhileItGrows() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      events.add(append(0));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(mailbox.get(i)).isSameAs(events.get(i));
    }
    assertThat(mailbox.tail()).isEqualTo(100);
  }

  @Test
  void usesTheSlotsOfEventsThatHaveLeftAgain() {
    for (int i = 0; i < 1_000; i++) {
      Event event = append(i * (FEW + 1));
      assertThat(mailbox.get(i)).isSameAs(event);
    }
    assertThat(mailbox.tail()).isEqualTo(1_000);
    assertThat(mailbox.head()).isGreaterThanOrEqualTo(996);
    assertThat(mailbox.get(0)).isNull();
    assertThat(mailbox.coveredSinceNanos()).isGreaterThanOrEqualTo(995 * (FEW + 1));
  }

  @Test
  void findsTheFirstEventSinceAMoment() {
    for (int i = 0; i < 10; i++) {
      append(i / 2);
    }
    assertThat(mailbox.firstSince(2)).isEqualTo(4);
    assertThat(mailbox.firstSince(-1)).isZero();
    assertThat(mailbox.firstSince(5)).isEqualTo(10);
  }

  @Test
  void knowsTheEventOfANumberBeyondThirtyTwoBits() {
    long past = 0xFFFF_FFFDL;
    EventLog old = new EventLog(FEW, Long.MAX_VALUE, past);
    Mailbox late = new Mailbox(7, old, 0);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Event event = EventsFixture.event("e" + i, USER);
      old.append(event, 0);
      late.append(event.number());
      events.add(event);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(late.get(i)).isSameAs(events.get(i));
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
                if (position >= mailbox.tail()) {
                  Thread.onSpinWait();
                  continue;
                }
                Event event = mailbox.get(position);
                if (event != null && event.relayedAtMicros() != position) {
                  wrong.set(position + " gave " + event.relayedAtMicros());
                }
                position = event == null ? Math.max(position + 1, mailbox.head()) : position + 1;
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
