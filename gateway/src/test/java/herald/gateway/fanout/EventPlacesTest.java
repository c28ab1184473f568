package herald.gateway.fanout;

import static herald.gateway.fanout.EventsFixture.REPLAY_NANOS;
import static herald.gateway.fanout.EventsFixture.RETENTION_NANOS;
import static herald.gateway.fanout.EventsFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import herald.protocol.EventId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** A client that names an event which it has. */
class EventPlacesTest {
  private static final Audience USER = Audience.of(7);
  private static final Audience ALL = Audience.of(RoaringBitmap.bitmapOf(7, 8));
  private static final Audience OTHERS = Audience.of(RoaringBitmap.bitmapOf(8));
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final EventsFixture fixture = new EventsFixture();
  private final Cursor other = fixture.open(7);

  @BeforeEach
  void someTimePassesUntilTheFirstEvent() {
    fixture.pass(RETENTION_NANOS);
  }

  private RowOrder row(int xid) {
    return new RowOrder(xid, fixture.nowNanos, fixture.nowNanos, false);
  }

  private RowOrder blast(int xid) {
    return new RowOrder(xid, fixture.nowNanos, fixture.nowNanos, true);
  }

  private List<String> behind(String name) {
    Cursor cursor = fixture.openBehind(7, name);
    assertThat(cursor.past().takeReplayRequest()).isNull();
    return read(cursor);
  }

  @Test
  void exactlyWhatStandsBehindTheEventIsSent() {
    fixture.publish("a", USER, row(1));
    fixture.publish("X", ALL, row(2));
    fixture.publish("not for the user", Audience.of(8), row(3));
    fixture.publish("b", USER, row(4));
    assertThat(behind("a")).containsExactly("X", "b");
    assertThat(behind("X")).containsExactly("b");
    assertThat(behind("b")).isEmpty();
  }

  /** What is remembered of the device, or the replay time, brings nothing more. */
  @Test
  void whatTheClientSaysIsMoreThanWhatIsRemembered() {
    Cursor before = fixture.open(7);
    fixture.publish("a", USER, row(1));
    fixture.publish("b", USER, row(2));
    fixture.publish("c", USER, row(3));
    assertThat(read(before)).containsExactly("a", "b", "c");
    fixture.close(before);
    assertThat(behind("b")).containsExactly("c");
    fixture.pass(2 * REPLAY_NANOS);
    assertThat(behind("b")).containsExactly("c");
  }

  @Test
  void anEventThatMemoryDoesNotHaveIsLookedForInTheDatabase() {
    fixture.publish("a", USER, row(1));
    fixture.publish("not for the user", Audience.of(8), row(2));
    fixture.publish("neither", OTHERS, row(3));
    for (String name : List.of("never published", "not for the user", "neither")) {
      assertThat(fixture.openBehind(7, name).past().takeReplayRequest())
          .isEqualTo(ReplayRequest.behind(7, EventId.of(name, 0)));
    }
    fixture.pass(RETENTION_NANOS + 1);
    fixture.publish("b", USER, row(4));
    assertThat(fixture.openBehind(7, "a").past().takeReplayRequest()).isNotNull();
  }

  /** The mailbox of a user who was not known begins later than the log. */
  @Test
  void anEventFromBeforeTheMailboxIsLookedForInTheDatabase() {
    fixture.publish("X", Audience.of(RoaringBitmap.bitmapOf(9, 8)), row(1));
    fixture.pass(REPLAY_NANOS + 1);
    assertThat(fixture.openBehind(9, "X").past().takeReplayRequest()).isNotNull();
  }

  /** A replay and a catch-up go by the transactions, here the commits have gone otherwise. */
  @Test
  void aTransactionThatBeganLaterMayHaveBeenPushedLater() {
    fixture.publish("a", USER, row(-3));
    fixture.publish("c", USER, row(2));
    fixture.publish("b", USER, row(1));
    fixture.publish("d", USER, row(3));
    assertThat(behind("b")).containsExactly("c", "d");
    assertThat(behind("c")).containsExactly("b", "d");
  }

  /** A blast is pushed when its audience has been found: here sooner than elsewhere. */
  @Test
  void aBlastJustBeforeMayHaveBeenPushedLater() {
    fixture.publish("a", USER, row(1));
    fixture.nowNanos += 1;
    fixture.publish("X", ALL, blast(2));
    fixture.publish("b", USER, row(3));
    fixture.nowNanos += 1;
    fixture.publish("c", USER, row(4));
    assertThat(behind("c")).containsExactly("X", "b");
    fixture.nowNanos += SECOND;
    fixture.publish("d", USER, row(5));
    assertThat(behind("d")).isEmpty();
    assertThat(behind("X")).as("all the rest was committed later").containsExactly("b", "c", "d");
    assertThat(behind("a")).containsExactly("X", "b", "c", "d");
  }

  /** Rows in the chats of a blast's sender wait for it, whomever it concerns. */
  @Test
  void whatMayHaveWaitedForABlastToOthersMayHaveBeenPushedLater() {
    fixture.publish("X", OTHERS, blast(1));
    fixture.publish("a", USER, row(2));
    fixture.publish("b", USER, row(3));
    assertThat(behind("b")).containsExactly("a");
  }

  /** The audience may be so small that it is in the mailboxes, and others' alone. */
  @Test
  void whatMayHaveWaitedForABlastToFewMayHaveBeenPushedLater() {
    fixture.publish("x", Audience.of(8), blast(1));
    fixture.publish("a", USER, row(2));
    fixture.publish("b", USER, row(3));
    assertThat(behind("b")).containsExactly("a");
    fixture.nowNanos += SECOND;
    fixture.publish("c", USER, row(4));
    assertThat(behind("c")).isEmpty();
  }

  /** It was given up, or concerned nobody; what waited for it came elsewhere later. */
  @Test
  void whatMayHaveWaitedForARowWithoutEventsMayHaveBeenPushedLater() {
    fixture.publish("before", USER, row(1));
    fixture.nowNanos += 1;
    RowOrder without = row(2);
    fixture.mailboxes.onBesideWithoutEvents(without, fixture.nowNanos);
    fixture.publish("a", USER, row(3));
    assertThat(behind("before")).containsExactly("a");
    fixture.publish("b", USER, row(4));
    assertThat(behind("b")).containsExactly("a");
    fixture.nowNanos += SECOND;
    fixture.publish("c", USER, row(5));
    assertThat(behind("c")).isEmpty();
  }

  @Test
  void ofTooManyBlastsTheOldestCountAsOne() {
    RowsBeside beside = new RowsBeside(2);
    long firstAtNanos = fixture.nowNanos;
    for (int i = 1; i <= 4; i++) {
      beside.onIndexed(fixture.publish("x" + i, Audience.of(8), blast(i)));
      fixture.nowNanos += SECOND / 4;
    }
    Event named = fixture.publish("a", USER, row(9));
    assertThat(beside.since(named)).as("of the second").isEqualTo(firstAtNanos);
  }

  @Test
  void aBlastThatTookLongHereMayHaveTakenLongerElsewhere() {
    RowOrder early = blast(1);
    fixture.nowNanos += 10 * SECOND;
    fixture.publish("X", ALL, early);
    fixture.nowNanos += 10 * SECOND;
    fixture.publish("a", USER, row(2));
    assertThat(behind("a")).containsExactly("X");
    fixture.nowNanos += 10 * SECOND;
    fixture.publish("b", USER, row(3));
    assertThat(behind("b")).isEmpty();
  }

  /** Here the message has overtaken the blast; elsewhere the blast may have been the quicker. */
  @Test
  void whatOvertookABlastMayHaveBeenPushedBehindIt() {
    RowOrder early = blast(5);
    fixture.nowNanos += 1;
    fixture.publish("a", USER, row(4));
    fixture.nowNanos += 1;
    fixture.publish("X", ALL, early);
    fixture.publish("b", USER, row(6));
    assertThat(behind("X")).containsExactly("a", "b");
  }

  @Test
  void whatTheDeviceHasConfirmedIsNotInDoubt() {
    Cursor before = fixture.open(7);
    fixture.publish("X", ALL, blast(1));
    fixture.publish("a", USER, row(2));
    for (Cursor cursor : List.of(before, other)) {
      assertThat(read(cursor)).containsExactly("X", "a");
      fixture.confirm(cursor);
    }
    fixture.close(before);
    fixture.publish("b", USER, row(3));
    assertThat(behind("a")).containsExactly("b");
  }

  /** A row of a random history; blasts are published some time after they were committed. */
  private record Row(String name, int xid, long committedAtNanos, boolean isBlast) {
    RowOrder order() {
      return new RowOrder(xid, committedAtNanos, committedAtNanos, isBlast);
    }
  }

  private static List<Row> history(Random random, long beginNanos) {
    List<Row> rows = new ArrayList<>();
    long nanos = beginNanos;
    for (int i = 0; i < 30; i++) {
      nanos += 1 + random.nextLong(SECOND / 3);
      // The commits go otherwise than the transactions began.
      int xid = 3 * i + random.nextInt(12) - 20;
      rows.add(new Row("row " + i, xid == 0 ? 1 : xid, nanos, random.nextInt(6) == 0));
    }
    return rows;
  }

  /** When an instance publishes each row that it hears. */
  private static Map<Row, Long> published(List<Row> rows, Random random) {
    Map<Row, Long> times = new HashMap<>();
    for (Row row : rows) {
      long tookNanos = row.isBlast() ? random.nextLong(SECOND * 9 / 10) : 0;
      times.put(row, row.committedAtNanos() + tookNanos);
    }
    return times;
  }

  /** Wherever a client was, what it has and what it gets is all there is. */
  @Test
  void whatAClientOfAnotherInstanceLacksIsSent() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int sentAgain = 0;
    for (int life = 0; life < 1_000; life++) {
      EventsFixture here = new EventsFixture();
      here.open(7);
      List<Row> rows = history(random, here.nowNanos);
      Map<Row, Long> there = published(rows, random);
      List<Row> elsewhere = new ArrayList<>(rows);
      elsewhere.sort(
          random.nextBoolean() ? Comparator.comparing(there::get) : Comparator.comparing(Row::xid));
      int had = 1 + random.nextInt(elsewhere.size());
      Set<String> has = new HashSet<>();
      elsewhere.subList(0, had).forEach(row -> has.add(row.name()));

      Map<Row, Long> times = published(rows, random);
      List<Row> order = new ArrayList<>(rows);
      order.sort(Comparator.comparing(times::get));
      for (Row row : order) {
        here.nowNanos = Objects.requireNonNull(times.get(row));
        here.publish(row.name(), row.isBlast() ? ALL : USER, row.order());
      }
      String named = elsewhere.get(had - 1).name();
      Cursor cursor = here.openBehind(7, named);
      assertThat(cursor.past().takeReplayRequest()).isNull();
      List<String> sent = read(cursor);
      assertThat(sent).as("seed %d", seed).doesNotHaveDuplicates().doesNotContain(named);
      sentAgain += (int) sent.stream().filter(has::contains).count();
      has.addAll(sent);
      assertThat(has).as("seed %d, life %d", seed, life).hasSameSizeAs(rows);
    }
    assertThat(sentAgain / 1_000.0).as("of 30, on average").isLessThan(6);
  }
}
