package herald.gateway.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MailboxTest {
  private static final Audience USER = Audience.of(7);

  @Test
  void keepsPositionsWhileItGrows() {
    Mailbox mailbox = new Mailbox(7, 0);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      events.add(EventsFixture.event("e" + i, USER));
      mailbox.append(events.get(i));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(mailbox.get(i)).isSameAs(events.get(i));
    }
    assertThat(mailbox.tail()).isEqualTo(100);
  }

  @Test
  void usesTheSlotsOfReleasedEventsAgain() {
    Mailbox mailbox = new Mailbox(7, 0);
    for (int i = 0; i < 1_000; i++) {
      Event event = EventsFixture.event("e" + i, USER);
      mailbox.append(event);
      assertThat(mailbox.get(i)).isSameAs(event);
      event.release();
    }
    assertThat(mailbox.tail()).isEqualTo(1_000);
    assertThat(mailbox.head()).isGreaterThanOrEqualTo(996);
    assertThat(mailbox.get(0)).isNull();
  }

  @Test
  void findsTheFirstEventSinceAMoment() {
    Mailbox mailbox = new Mailbox(7, 0);
    for (int i = 0; i < 10; i++) {
      Event event = EventsFixture.event("e" + i, USER);
      event.appendedAt(i * 100L);
      mailbox.append(event);
    }
    assertThat(mailbox.firstSince(450)).isEqualTo(5);
    assertThat(mailbox.firstSince(500)).isEqualTo(5);
    assertThat(mailbox.firstSince(-1)).isZero();
    assertThat(mailbox.firstSince(901)).isEqualTo(10);
  }

  /** A reader that races with the writer sees the event of its position or nothing. */
  @Test
  void neverGivesAReaderTheEventOfAnotherPosition() throws Exception {
    Mailbox mailbox = new Mailbox(7, 0);
    int count = 200_000;
    AtomicReference<String> wrong = new AtomicReference<>();
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
    List<Event> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Event event = new Event(herald.protocol.EventEncoder.rpc("{}", 1, 0), USER, i, 0);
      mailbox.append(event);
      held.add(event);
      if (held.size() == 6) {
        held.forEach(Event::release);
        held.clear();
      }
    }
    reader.join();
    assertThat(wrong.get()).isNull();
  }
}
