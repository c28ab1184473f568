package herald.gateway.fanout;

import static herald.gateway.fanout.EventsFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.supervision.Place;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A mailbox that breaks costs its user alone, and is said to be incomplete. */
class MailboxIsolationTest {
  private static final int BROKEN = 2;

  private final EventsFixture fixture = new EventsFixture();

  private static PositionRing ringOf(Cursor cursor) throws ReflectiveOperationException {
    Field reader = Cursor.class.getDeclaredField("reader");
    reader.setAccessible(true);
    Field own = EventReader.class.getDeclaredField("own");
    own.setAccessible(true);
    return (PositionRing) own.get(reader.get(cursor));
  }

  private static void setRing(Cursor cursor, int length) throws ReflectiveOperationException {
    Field ring = PositionRing.class.getDeclaredField("ring");
    ring.setAccessible(true);
    ring.set(ringOf(cursor), new int[length]);
  }

  /** As if there were no memory for the positions of this user's events. */
  private static void breakRingOf(Cursor cursor) throws ReflectiveOperationException {
    setRing(cursor, 0);
  }

  @Test
  void anEventThatOneMailboxCanNotTakeReachesTheOthers() throws Exception {
    Cursor one = fixture.open(1);
    Cursor broken = fixture.open(BROKEN);
    Cursor three = fixture.open(3);
    breakRingOf(broken);
    assertThat(fixture.publish("a", Audience.of(1, BROKEN, 3)))
        .as("the broken one is woken too, to find out")
        .containsExactly(one, broken, three);
    assertThat(fixture.failures.count(Place.MAILBOX)).isEqualTo(1);
    assertThat(read(one)).containsExactly("a");
    assertThat(read(three)).containsExactly("a");
    setRing(broken, 4);
    assertThat(broken.wantsToWake()).isTrue();
    assertThat(broken.isLost()).isTrue();
  }

  @Test
  void theNextConnectionOfThatUserIsToldOfAGapAndNobodyElse() throws Exception {
    Cursor one = fixture.open(1);
    Cursor broken = fixture.open(BROKEN);
    breakRingOf(broken);
    fixture.publish("a", Audience.of(1, BROKEN));
    fixture.close(one);
    fixture.close(broken);
    assertThat(fixture.open(BROKEN).past().takeGap()).isNotNull();
    assertThat(fixture.open(1).past().takeGap()).isNull();
  }

  @Test
  void aConnectionThatWasOpenedAfterwardsMissesNothing() throws Exception {
    Cursor broken = fixture.open(BROKEN);
    fixture.publish("a", Audience.of(BROKEN));
    fixture.mailboxes.missed(
        EventsFixture.event("lost", Audience.of(BROKEN)), fixture.batch, fixture.nowNanos);
    fixture.close(broken);
    Cursor next = fixture.open(BROKEN);
    assertThat(next.past().takeGap()).isNotNull();
    fixture.publish("b", Audience.of(BROKEN));
    assertThat(read(next)).containsExactly("b");
    fixture.confirm(next);
    fixture.close(next);
    Cursor later = fixture.open(BROKEN);
    fixture.publish("c", Audience.of(BROKEN));
    assertThat(later.past().takeGap()).as("said once").isNull();
    assertThat(read(later)).contains("c");
  }

  @Test
  void aClientThatSaysWhereItWasHasTheDatabaseAsked() throws Exception {
    Cursor broken = fixture.open(BROKEN);
    breakRingOf(broken);
    fixture.pass(TimeUnit.SECONDS.toNanos(5));
    fixture.publish("a", Audience.of(BROKEN));
    fixture.close(broken);
    long beforeMicros = TimeUnit.NANOSECONDS.toMicros(fixture.nowNanos) - 1;
    assertThat(fixture.open(BROKEN, beforeMicros).past().takeReplayRequest()).isNotNull();
  }

  @Test
  void aMailboxThatCanNotBeSweptCostsTheOthersNothing() throws Exception {
    Cursor broken = fixture.open(BROKEN);
    Cursor one = fixture.open(1);
    Cursor three = fixture.open(3);
    fixture.publish("a", Audience.of(1, BROKEN, 3));
    breakRingOf(broken);
    for (Cursor cursor : List.of(one, three)) {
      read(cursor);
      fixture.confirm(cursor);
    }
    fixture.pass(EventsFixture.RETENTION_NANOS + 1);
    fixture.mailboxes.forgetReleased();
    assertThat(fixture.failures.count(Place.EXPIRY)).isEqualTo(1);
    fixture.mailboxes.forgetReleased();
    assertThat(fixture.failures.count(Place.EXPIRY)).as("it is tried again").isEqualTo(2);
    assertThat(positionsHeldBy(one)).isZero();
    assertThat(positionsHeldBy(three)).isZero();
  }

  private static long positionsHeldBy(Cursor cursor) throws ReflectiveOperationException {
    PositionRing ring = ringOf(cursor);
    return ring.tail() - ring.head();
  }

  @Test
  void aMailboxThatCanNotBeLookedAtIsKeptAndTheOthersExpire() throws Exception {
    fixture.publish("a", Audience.of(1, BROKEN, 3));
    Cursor broken = fixture.open(BROKEN);
    breakRingOf(broken);
    fixture.close(broken);
    fixture.pass(EventsFixture.RETENTION_NANOS + 1);
    fixture.pass(1);
    assertThat(fixture.failures.count(Place.EXPIRY)).isPositive();
    assertThat(fixture.figures.mailboxes()).isEqualTo(1);
  }
}
