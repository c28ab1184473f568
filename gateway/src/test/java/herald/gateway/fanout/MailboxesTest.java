package herald.gateway.fanout;

import static herald.gateway.fanout.EventsFixture.REPLAY_NANOS;
import static herald.gateway.fanout.EventsFixture.RETENTION_NANOS;
import static herald.gateway.fanout.EventsFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

class MailboxesTest {
  private static final Audience USER = Audience.of(7);

  private final EventsFixture fixture = new EventsFixture();

  @Test
  void touchesExactlyTheConnectionsOfThoseConcerned() {
    Cursor phone = fixture.open(7);
    Cursor laptop = fixture.open(7);
    Cursor other = fixture.open(8);

    assertThat(fixture.publish("a", Audience.of(7, 9))).containsExactly(phone, laptop);
    assertThat(read(phone)).containsExactly("a");
    assertThat(read(laptop)).containsExactly("a");
    assertThat(read(other)).isEmpty();
  }

  @Test
  void replaysTheLastSecondsToAUserWhoWasNotKnown() {
    fixture.publish("old", USER);
    fixture.pass(REPLAY_NANOS);
    fixture.publish("a", USER);
    fixture.pass(REPLAY_NANOS / 2);
    fixture.publish("b", USER);

    assertThat(read(fixture.open(7))).containsExactly("a", "b");
  }

  @Test
  void forgetsAUserNobodyAsksAboutAfterTheReplayTime() {
    fixture.publish("a", USER);
    assertThat(fixture.figures.mailboxes()).isEqualTo(1);
    fixture.pass(REPLAY_NANOS + 1);
    assertThat(fixture.figures.mailboxes()).isZero();
  }

  /** A user's position may still come from another instance. */
  @Test
  void ofALogThatBeginsInThePastNoMailboxIsLetGoUntilOthersHaveSpoken() {
    long beganNanos = fixture.nowNanos;
    fixture.mailboxes.beginAt(beganNanos, beganNanos + 10 * REPLAY_NANOS);
    fixture.publish("a", USER);
    fixture.pass(10 * REPLAY_NANOS);
    assertThat(fixture.figures.mailboxes()).isEqualTo(1);
    fixture.pass(REPLAY_NANOS);
    assertThat(fixture.figures.mailboxes()).isZero();
  }

  @Test
  void startsWhereTheEndedConnectionHadConfirmed() {
    Cursor first = fixture.open(7);
    fixture.publish("a", USER);
    read(first);
    fixture.confirm(first);
    fixture.publish("b", USER);
    read(first);
    fixture.close(first);
    fixture.publish("c", USER);
    fixture.pass(5 * REPLAY_NANOS);

    assertThat(read(fixture.open(7))).containsExactly("b", "c");
  }

  @Test
  void remembersForTheRetentionAndNoLonger() {
    fixture.close(fixture.open(7));
    fixture.pass(RETENTION_NANOS - REPLAY_NANOS - 1);
    fixture.publish("a", USER);
    fixture.pass(REPLAY_NANOS + 1);
    assertThat(read(fixture.open(7))).containsExactly("a");

    fixture.close(fixture.open(8));
    fixture.pass(RETENTION_NANOS - REPLAY_NANOS);
    fixture.publish("b", Audience.of(8));
    fixture.pass(REPLAY_NANOS + 1);
    assertThat(read(fixture.open(8))).isEmpty();
    fixture.pass(RETENTION_NANOS + 1);
    assertThat(fixture.figures.remembered()).isZero();
  }

  @Test
  void countsWhatTheDeviceHadConfirmedAndGetsAgain() {
    Cursor first = fixture.open(7);
    fixture.publish("a", USER);
    fixture.publish("b", USER);
    assertThat(read(first)).containsExactly("a", "b");
    fixture.confirm(first);
    fixture.publish("c", USER);
    read(first);
    assertThat(first.needless()).isZero();
    fixture.close(first);

    Cursor next = fixture.open(7);
    assertThat(read(next)).containsExactly("a", "b", "c");
    fixture.publish("d", USER);
    assertThat(read(next)).containsExactly("d");
    assertThat(next.needless()).isEqualTo(2);
  }

  /** Two devices died at different positions; whichever comes first, both get what they missed. */
  @Test
  void keepsTheOldestPositionUntilAsManyConnectionsHaveConfirmed() {
    Cursor phone = fixture.open(7);
    Cursor laptop = fixture.open(7);
    fixture.publish("a", USER);
    read(phone);
    fixture.confirm(phone);
    fixture.publish("b", USER);
    read(laptop);
    read(phone);
    fixture.close(phone);
    fixture.close(laptop);
    assertThat(fixture.figures.remembered()).isEqualTo(2);
    fixture.pass(2 * REPLAY_NANOS);

    Cursor next = fixture.open(7);
    assertThat(read(next)).containsExactly("a", "b");
    fixture.confirm(next);
    assertThat(fixture.figures.remembered()).isEqualTo(1);

    Cursor last = fixture.open(7);
    assertThat(read(last)).containsExactly("a", "b");
    fixture.confirm(last);
    assertThat(fixture.figures.remembered()).isZero();
    assertThat(read(fixture.open(7))).isEmpty();
  }

  /** The old connection is dead, and nobody knows yet when the client comes back. */
  @Test
  void startsWhereAnOpenConnectionHasConfirmed() {
    Cursor silent = fixture.open(7);
    fixture.publish("a", USER);
    read(silent);
    fixture.confirm(silent);
    fixture.publish("b", USER);
    read(silent);
    fixture.pass(2 * REPLAY_NANOS);

    assertThat(read(fixture.open(7))).containsExactly("b");
  }

  /** A connection that ends before it has confirmed anything must not use up what it came for. */
  @Test
  void aConnectionThatFlapsKeepsItsPosition() {
    Cursor first = fixture.open(7);
    fixture.publish("a", USER);
    fixture.close(first);
    fixture.pass(2 * REPLAY_NANOS);
    for (int i = 0; i < 5; i++) {
      Cursor flapping = fixture.open(7);
      assertThat(read(flapping)).containsExactly("a");
      fixture.close(flapping);
      assertThat(fixture.figures.remembered()).isEqualTo(1);
    }
  }

  /**
   * An entry that was retired must not take a younger one with it when its own time is over, though
   * both are of the same position.
   */
  @Test
  void anOldEntryExpiresWithoutTheYoungerOneOfTheSamePosition() {
    fixture.close(fixture.open(7));
    fixture.pass(RETENTION_NANOS / 2);
    Cursor second = fixture.open(7);
    fixture.confirm(second);
    fixture.close(second);
    fixture.pass(RETENTION_NANOS / 2 + 1);
    fixture.publish("a", USER);
    fixture.pass(2 * REPLAY_NANOS);
    assertThat(read(fixture.open(7))).containsExactly("a");
  }

  @Test
  void theOldestPositionsGoFirstWhenThereAreTooMany() {
    EventsFixture small = new EventsFixture(Long.MAX_VALUE, 2);
    for (int user = 1; user <= 3; user++) {
      small.close(small.open(user));
    }
    assertThat(small.figures.remembered()).isEqualTo(2);
    assertThat(small.figures.rememberedForced()).isEqualTo(1);
    small.publish("a", Audience.of(1, 2, 3));
    small.pass(2 * REPLAY_NANOS);
    assertThat(read(small.open(1))).isEmpty();
    assertThat(read(small.open(2))).containsExactly("a");
    assertThat(read(small.open(3))).containsExactly("a");
  }

  /** The event "a" was sent and not confirmed; "x0" and so on have pushed it out of the log. */
  private static Cursor reopenedWhenTheFirstHasLeft(
      EventsFixture tight, Audience audience, int more) {
    Cursor first = tight.open(7);
    tight.publish("a", audience);
    read(first);
    tight.close(first);
    for (int i = 0; i < more; i++) {
      tight.publish("x" + i, audience);
    }
    return tight.open(7);
  }

  @Test
  void saysAGapWhenWhatWasNotConfirmedHasLeftTheLog() {
    EventsFixture tight = new EventsFixture(400, 10);
    Cursor next = reopenedWhenTheFirstHasLeft(tight, USER, 5);
    assertThat(next.past().takeGap()).isNotNull();
    assertThat(next.past().takeGap()).isNull();
    assertThat(read(next)).isNotEmpty().doesNotContain("a").endsWith("x4");
    assertThat(tight.figures.replays(ReplayOrigin.REMEMBERED)).isEqualTo(1);
  }

  @Test
  void aCursorThatFellOffTheLogIsLost() {
    EventsFixture tight = new EventsFixture(400, 10);
    Cursor slow = tight.open(7);
    for (int i = 0; i < 10; i++) {
      tight.publish("x" + i, USER);
    }
    assertThat(slow.peek()).isNull();
    assertThat(slow.isLost()).isTrue();
    assertThat(slow.behind()).isEqualTo(10);
  }

  @Test
  void aBlastReachesThoseConnectedAndThoseWhoComeWithinTheReplayTime() {
    Cursor connected = fixture.open(7);
    Cursor bystander = fixture.open(8);
    RoaringBitmap audience = RoaringBitmap.bitmapOf(7, 9, 10);
    assertThat(fixture.publish("blast", Audience.of(audience))).as("all are woken").isEmpty();
    assertThat(connected.wantsToWake()).isTrue();
    assertThat(bystander.wantsToWake()).isFalse();
    assertThat(read(connected)).containsExactly("blast");
    assertThat(read(bystander)).isEmpty();
    assertThat(fixture.figures.mailboxes()).isEqualTo(2);

    fixture.publish("message", Audience.of(9));
    assertThat(read(fixture.open(9))).containsExactly("blast", "message");
    assertThat(read(fixture.open(11))).isEmpty();
    fixture.pass(REPLAY_NANOS + 1);
    assertThat(read(fixture.open(10))).isEmpty();
  }

  @Test
  void anAcknowledgementOfWhatWasNeverSentIsIgnored() {
    Cursor cursor = fixture.open(7);
    fixture.publish("a", USER);
    assertThat(cursor.acknowledge(1, 0)).isFalse();
    assertThat(cursor.acknowledge(0, 1)).isFalse();
    assertThat(cursor.acknowledged()).isZero();
    read(cursor);
    assertThat(cursor.unconfirmed()).isEqualTo(1);
    cursor.acknowledge(1, 1);
    assertThat(cursor.acknowledged()).isEqualTo(1);
    assertThat(cursor.unconfirmed()).isZero();
    cursor.acknowledge(0, 0);
    assertThat(cursor.acknowledged()).isEqualTo(1);
  }

  @Test
  void closingTwiceRemembersOnce() {
    Cursor cursor = fixture.open(7);
    fixture.close(cursor);
    fixture.close(cursor);
    assertThat(fixture.figures.remembered()).isEqualTo(1);
    assertThat(fixture.figures.openCursors()).isZero();
    assertThat(List.of(cursor.userId())).containsExactly(7);
  }

  @Test
  void messagesAndBlastsComeInTheOrderOfTheLog() {
    Audience all = Audience.of(RoaringBitmap.bitmapOf(7, 8));
    Audience others = Audience.of(RoaringBitmap.bitmapOf(8));
    Cursor first = fixture.open(7);
    fixture.publish("a", USER);
    fixture.publish("B", all);
    fixture.publish("X", others);
    fixture.publish("c", USER);
    fixture.publish("D", all);
    fixture.publish("E", all);
    fixture.publish("f", USER);
    assertThat(read(first)).containsExactly("a", "B", "c", "D", "E", "f");

    fixture.confirm(first);
    fixture.publish("G", all);
    fixture.publish("h", USER);
    read(first);
    fixture.close(first);
    fixture.publish("I", all);
    fixture.pass(2 * REPLAY_NANOS);
    assertThat(read(fixture.open(7))).containsExactly("G", "h", "I");
  }

  /** Between the appending of an event and the end of its indexing, others may be indexed. */
  @Test
  void nothingIsReadBeforeAllThatComesBeforeItCanBe() {
    Cursor cursor = fixture.open(7);
    Event blast = EventsFixture.event("B", Audience.of(RoaringBitmap.bitmapOf(7)));
    fixture.log.append(blast, fixture.nowNanos);
    assertThat(cursor.peek()).isNull();
    assertThat(cursor.position()).isZero();
    var unused = fixture.mailboxes.index(blast, fixture.batch);
    assertThat(read(cursor)).containsExactly("B");
  }

  /** What concerned others is not to be said missing to a user who had got all. */
  @Test
  void aBlastForOthersThatHasLeftIsNoGap() {
    EventsFixture tight = new EventsFixture(1_000, 10);
    Cursor cursor = tight.open(7);
    tight.publish("a", USER);
    read(cursor);
    tight.confirm(cursor);
    for (int i = 0; i < 10; i++) {
      tight.publish("x" + i, Audience.of(RoaringBitmap.bitmapOf(8)));
      assertThat(cursor.wantsToWake()).isFalse();
    }
    assertThat(cursor.unconfirmed()).isZero();
    tight.close(cursor);
    Cursor next = tight.open(7);
    assertThat(next.past().takeGap()).isNull();
    assertThat(read(next)).isEmpty();
    tight.confirm(next);
    assertThat(tight.figures.remembered()).isZero();
  }

  @Test
  void aBlastThatHasLeftUnconfirmedIsAGap() {
    EventsFixture tight = new EventsFixture(1_000, 10);
    Audience all = Audience.of(RoaringBitmap.bitmapOf(7, 8));
    Cursor next = reopenedWhenTheFirstHasLeft(tight, all, 10);
    assertThat(next.past().takeGap()).isNotNull();
    assertThat(read(next)).isNotEmpty().doesNotContain("a").endsWith("x9");
  }

  /** A pong may come when the cursor has passed its position because of events for others. */
  @Test
  void anAnswerThatIsLateRetiresAPositionAllTheSame() {
    fixture.close(fixture.open(7));
    Cursor next = fixture.open(7);
    long pinged = next.position();
    fixture.publish("X", Audience.of(RoaringBitmap.bitmapOf(8)));
    assertThat(next.wantsToWake()).isFalse();
    assertThat(next.acknowledged()).isGreaterThan(pinged);
    assertThat(next.acknowledge(pinged, 0)).isTrue();
  }

  /** What confirms an event confirms what was passed behind it too, for it concerned others. */
  @Test
  void aConfirmationReachesOverWhatConcernedOthers() {
    Cursor cursor = fixture.open(7);
    fixture.publish("a", USER);
    read(cursor);
    long pinged = cursor.position();
    fixture.publish("X", Audience.of(RoaringBitmap.bitmapOf(8)));
    assertThat(cursor.wantsToWake()).isFalse();
    cursor.acknowledge(pinged, 1);
    assertThat(cursor.acknowledged()).isEqualTo(cursor.position()).isGreaterThan(pinged);
  }

  /** What the database is asked for is not looked for in memory, where it is about to leave. */
  @Test
  void aClientThatNeedsTheDatabaseBeginsInMemoryAtTheReplayTime() {
    fixture.nowNanos = RETENTION_NANOS;
    fixture.publish("X", Audience.of(RoaringBitmap.bitmapOf(7, 8)));
    fixture.pass(RETENTION_NANOS - 1);
    fixture.publish("Y", Audience.of(RoaringBitmap.bitmapOf(7, 8)));
    Cursor cursor = fixture.open(7, 1);
    assertThat(cursor.past().takeReplayRequest()).isNotNull();
    fixture.pass(2);
    cursor.replayed(new Replay(List.of(), null));
    assertThat(read(cursor)).containsExactly("Y");
    assertThat(cursor.isLost()).isFalse();
  }

  /** An event's own time is a place in the order of commits: the database is not asked. */
  @Test
  void aClientThatNamesAnEventBeginsThere() {
    fixture.nowNanos = RETENTION_NANOS;
    Cursor other = fixture.open(7);
    fixture.publishRelayedAt(5_000, "had", USER);
    fixture.publishRelayedAt(1_000, "missed, and stamped earlier", USER);
    fixture.publishRelayedAt(9_000, "X", Audience.of(RoaringBitmap.bitmapOf(7, 8)));
    fixture.publishRelayedAt(2_000, "missed", USER);
    read(other);
    fixture.confirm(other);
    fixture.pass(5 * REPLAY_NANOS);
    assertThat(read(fixture.open(7))).isEmpty();
    Cursor byMessage = fixture.open(7, 5_000);
    assertThat(read(byMessage))
        .containsExactly("had", "missed, and stamped earlier", "X", "missed");
    fixture.confirm(byMessage);
    assertThat(read(fixture.open(7, 9_000))).containsExactly("X", "missed");
    assertThat(fixture.open(7, 5_001).past().takeReplayRequest()).isNotNull();
  }

  /**
   * A machine that was suspended: the wall clock is hours ahead, and the one by which memory is
   * kept has stood still. Or somebody has set the clock back.
   */
  @ParameterizedTest
  @ValueSource(longs = {-8, -1, 1, 8})
  void aWallClockThatJumpsMakesNoRememberedPositionOlder(long hours) {
    fixture.nowNanos = RETENTION_NANOS;
    Cursor first = fixture.open(7);
    fixture.publish("a", USER);
    read(first);
    fixture.confirm(first);
    fixture.close(first);
    fixture.publish("b", USER);
    fixture.pass(5 * REPLAY_NANOS);
    fixture.wallAheadNanos = TimeUnit.HOURS.toNanos(hours);
    fixture.pass(0);
    Cursor next = fixture.open(7);
    assertThat(next.past().takeGap()).isNull();
    assertThat(read(next)).containsExactly("b");
  }

  /**
   * What was committed while the machine was suspended is not in memory, whose time stood still.
   */
  @Test
  void aTimeBeforeTheWallClockJumpedIsAskedOfTheDatabase() {
    fixture.nowNanos = RETENTION_NANOS;
    fixture.wallAheadNanos = TimeUnit.HOURS.toNanos(20);
    fixture.close(fixture.open(7));
    long away = TimeUnit.NANOSECONDS.toMicros(fixture.nowNanos + fixture.wallAheadNanos);
    fixture.pass(2 * REPLAY_NANOS);
    fixture.wallAheadNanos += TimeUnit.HOURS.toNanos(8);
    assertThat(fixture.open(7, away).past().takeReplayRequest()).isNotNull();
  }

  /** What the database has brought is not sent again from memory, and what it has not is. */
  @Test
  void whatTheDatabaseHasBroughtIsSentOnce() {
    fixture.nowNanos = RETENTION_NANOS;
    Cursor cursor = fixture.open(7, 1);
    assertThat(cursor.past().takeReplayRequest()).isNotNull();
    fixture.publish("a", USER);
    fixture.publish("b", USER);
    cursor.replayed(
        new Replay(List.of(EventsFixture.encoded("old"), EventsFixture.encoded("a")), null));
    fixture.publish("c", USER);
    assertThat(read(cursor)).containsExactly("old", "a", "b", "c");
    fixture.pass(RETENTION_NANOS);
    fixture.publish("old", USER);
    assertThat(read(cursor)).as("however late the feed comes").isEmpty();
  }

  @Test
  void nothingIsReadBeforeTheStart() {
    Cursor cursor = new Cursor(Subscriber.of(7), EventsFixture.LOOP, now -> {});
    CursorStart start = fixture.mailboxes.open(cursor, fixture.nowNanos, Instant.EPOCH);
    fixture.publish("a", USER);
    assertThat(cursor.peek()).isNull();
    assertThat(cursor.behind()).isZero();
    assertThat(cursor.start(start, 0)).isTrue();
    assertThat(read(cursor)).containsExactly("a");
  }
}
