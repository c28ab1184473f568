package herald.gateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import herald.protocol.BlastMessages;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import herald.protocol.StoredBlast;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

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
    RoaringBitmap many = new RoaringBitmap();
    for (int user = 0; user < 100_000; user += 3) {
      many.add(user);
    }
    long narrow = EventsFixture.event("a", Audience.of(1)).retainedBytes();
    long wide = EventsFixture.event("a", Audience.of(many)).retainedBytes();
    assertThat(wide - narrow).isGreaterThan(10_000);
  }

  @Test
  void countsTheEntriesInMailboxesForAsLongAsItHoldsTheEvent() {
    int[] users = IntStream.range(0, 10_000).toArray();
    EventLog.Writer log = new EventLog.Writer(RETENTION_NANOS, Long.MAX_VALUE);
    Event event = EventsFixture.event("a", Audience.of(users));
    log.append(event, 0);
    event.forgetAudience();
    assertThat(log.log().bytes()).isGreaterThan(10_000 * Integer.BYTES);
    log.prune(RETENTION_NANOS + 1);
    assertThat(log.log().bytes()).isZero();
  }

  private static Event sent(int sender, long micros, int bytes) {
    return new Event(
        EventEncoder.message(EventId.of("sig", 0), "chat", "id", "x".repeat(bytes), sender, micros),
        Audience.of(1),
        micros,
        RowOrder.committedAt(0));
  }

  private static boolean hasText(Event event) {
    return event.encoded().length(5) > 1_000;
  }

  @Test
  void aFullLogLetsTheTextsOfTheGreatestSenderGoAndNothingOfOthers() {
    EventLog.Writer log = new EventLog.Writer(RETENTION_NANOS, 100_000);
    List<Event> others = new ArrayList<>();
    List<Event> floods = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      others.add(sent(10 + i, i, 2_000));
      log.append(others.get(i), 0);
    }
    for (int i = 0; i < 34; i++) {
      floods.add(sent(1, 5_000_000 + i, 10_000));
      log.append(floods.get(i), 0);
      assertThat(log.log().bytes()).isLessThanOrEqualTo(100_000);
    }
    assertThat(log.log().head()).isZero();
    assertThat(log.log().forcedOut()).isZero();
    assertThat(others).allMatch(EventLogTest::hasText);
    long kept = floods.stream().filter(EventLogTest::hasText).count();
    assertThat(kept).as("what there is room for").isGreaterThanOrEqualTo(2);
    assertThat(floods.subList(34 - (int) kept, 34)).allMatch(EventLogTest::hasText);
    assertThat(log.log().textsForcedOut()).isEqualTo(34 - kept);
    assertThat(text(floods.get(0)))
        .contains("gateway.gap")
        .contains("\"from\":\"1970-01-01T00:00:05Z\",\"to\":\"1970-01-01T00:00:06Z\"");
    assertThat(floods.get(1).encoded().head())
        .as("one for the whole second")
        .isSameAs(first(floods).head());
    assertThat(first(floods).id()).isEqualTo(EventId.of("sig", 0));
    assertThat(log.log().get(floods.get(0).position())).isSameAs(floods.get(0));
  }

  private static EncodedEvent first(List<Event> events) {
    return events.get(0).encoded();
  }

  private static String text(Event event) {
    return new String(event.encoded().head(), StandardCharsets.UTF_8);
  }

  @Test
  void aLogThatIsNotFullLetsNoTextGo() {
    EventLog.Writer log = new EventLog.Writer(RETENTION_NANOS, 100_000);
    List<Event> floods = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      floods.add(sent(1, i, 10_000));
      log.append(floods.get(i), 0);
    }
    assertThat(floods).allMatch(EventLogTest::hasText);
    assertThat(log.log().textsForcedOut()).isZero();
  }

  @Test
  void whoHasNoMoreThanItsShareLosesNothingButByAge() {
    EventLog.Writer log = new EventLog.Writer(RETENTION_NANOS, 100_000);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      events.add(sent(1 + i % 5, i, 10_000));
      log.append(events.get(i), 0);
    }
    assertThat(events).allMatch(EventLogTest::hasText);
    assertThat(log.log().textsForcedOut()).isZero();
    assertThat(log.log().forcedOut()).isEqualTo(20 - log.log().size());
    assertThat(log.log().size()).isEqualTo(9);
    log.prune(RETENTION_NANOS + 1);
    assertThat(log.log().bytes()).isZero();
  }

  @Test
  void whatHasLeftCountsForNobodyAnyMore() {
    EventLog.Writer log = new EventLog.Writer(RETENTION_NANOS, 100_000);
    long now = 0;
    for (int i = 0; i < 1_000; i++) {
      now += RETENTION_NANOS / 3;
      log.append(sent(1, i, 20_000), now);
      assertThat(log.log().textsForcedOut()).isZero();
    }
    log.prune(now + RETENTION_NANOS + 1);
    assertThat(log.log().bytes()).isZero();
  }

  private static Event wide(int sender, long micros, int firstUser) {
    RoaringBitmap many = new RoaringBitmap();
    for (int user = firstUser; user < firstUser + 100_000; user += 3) {
      many.add(user);
    }
    return new Event(
        EventEncoder.message(EventId.of("sig", 0), "chat", "id", "a blast", sender, micros),
        Audience.of(many),
        micros,
        RowOrder.committedAt(0));
  }

  /** The audience of such a blast holds a hundred times as much memory as its text. */
  @Test
  void aSenderOfBlastsToManyPushesNothingOfOthersOut() {
    EventLog.Writer log = new EventLog.Writer(RETENTION_NANOS, 200_000);
    List<Event> others = new ArrayList<>();
    List<Event> blasts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      others.add(sent(10 + i, i, 2_000));
      log.append(others.get(i), 0);
    }
    for (int i = 0; i < 100; i++) {
      blasts.add(wide(1, i, i % 2));
      log.append(blasts.get(i), 0);
      assertThat(log.log().bytes()).isLessThanOrEqualTo(200_000);
    }
    assertThat(log.log().forcedOut()).isZero();
    assertThat(others).allMatch(EventLogTest::hasText);
    assertThat(log.log().textsForcedOut()).isBetween(80L, 99L);
    assertThat(text(blasts.get(99))).contains("a blast");
    assertThat(text(blasts.get(0))).contains("gateway.gap");
    assertThat(blasts).allMatch(blast -> blast.audience().isBroadcast());
    for (int i = 0; i < 100; i++) {
      assertThat(blasts.get(i).audience().contains(i % 2 + 30)).as("its own users").isTrue();
      assertThat(blasts.get(i).audience().contains(32)).as("nobody else").isFalse();
    }
    log.prune(RETENTION_NANOS + 1);
    assertThat(log.log().bytes()).isZero();
  }

  @Test
  void whatIsLetGoBehindGapsThatHaveLeftHasAnAudienceOfItsOwn() {
    EventLog.Writer log = new EventLog.Writer(RETENTION_NANOS, 100_000);
    List<Event> early = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      early.add(wide(1, i, 0));
      log.append(early.get(i), 0);
    }
    assertThat(text(early.get(1))).contains("gateway.gap");
    List<Event> late = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      late.add(wide(1, i, 1));
      log.append(late.get(i), RETENTION_NANOS + 1);
    }
    assertThat(text(late.get(1))).contains("gateway.gap");
    assertThat(late.get(1).audience().contains(31)).isTrue();
    assertThat(late.get(1).audience().contains(30)).isFalse();
    log.prune(3 * RETENTION_NANOS);
    assertThat(log.log().bytes()).isZero();
  }

  @Test
  void theMessagesOfOneBlastLoseTheirTextTogether() {
    EventLog.Writer log = new EventLog.Writer(RETENTION_NANOS, 100_000);
    List<Event> messages = new ArrayList<>();
    BlastMessages blast =
        new BlastMessages(
            EventId.of("sig", 0),
            new StoredBlast("b", 1, "follower_audience", null, null, "x".repeat(50_000), 0));
    for (int i = 0; i < 10; i++) {
      messages.add(
          new Event(blast.forChat("chat" + i), Audience.of(i), 0, RowOrder.committedAt(0)));
      log.append(messages.get(i), 0);
    }
    assertThat(log.log().bytes()).as("the text is held once").isBetween(50_000L, 60_000L);
    Event next = sent(1, 1, 60_000);
    log.append(next, 0);
    assertThat(messages).noneMatch(EventLogTest::hasText);
    assertThat(hasText(next)).isTrue();
    assertThat(log.log().textsForcedOut()).isEqualTo(10);
    assertThat(log.log().bytes()).isLessThan(70_000);
  }
}
