package herald.gateway.fanout;

import static herald.gateway.fanout.EventsFixture.REPLAY_NANOS;
import static herald.gateway.fanout.EventsFixture.RETENTION_NANOS;
import static herald.gateway.fanout.EventsFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import herald.protocol.EventId;
import java.util.List;
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
    assertThat(cursor.takeReplayRequest()).isNull();
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
      assertThat(fixture.openBehind(7, name).takeReplayRequest())
          .isEqualTo(ReplayRequest.behind(7, EventId.of(name, 0)));
    }
    fixture.pass(RETENTION_NANOS + 1);
    fixture.publish("b", USER, row(4));
    assertThat(fixture.openBehind(7, "a").takeReplayRequest()).isNotNull();
  }

  /** The mailbox of a user who was not known begins later than the log. */
  @Test
  void anEventFromBeforeTheMailboxIsLookedForInTheDatabase() {
    fixture.publish("X", Audience.of(RoaringBitmap.bitmapOf(9, 8)), row(1));
    fixture.pass(REPLAY_NANOS + 1);
    assertThat(fixture.openBehind(9, "X").takeReplayRequest()).isNotNull();
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
}
