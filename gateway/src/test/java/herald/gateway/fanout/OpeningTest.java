package herald.gateway.fanout;

import static herald.gateway.fanout.EventsFixture.REPLAY_NANOS;
import static herald.gateway.fanout.EventsFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

/** What an opening does under the dispatch lock, however many broadcasts there are. */
class OpeningTest {
  private static final int MANY = 100_000;
  private static final int USER = 7;
  private static final int OF_ALL_SEARCHES = 100;

  private final EventsFixture fixture = new EventsFixture();
  private final CountingBitmap audience = new CountingBitmap();

  /** Counts how often somebody is looked up. */
  @SuppressWarnings("serial") // it is never serialized
  private static final class CountingBitmap extends RoaringBitmap {
    private static final long serialVersionUID = 1;

    private long lookedUp;

    @Override
    public boolean contains(int user) {
      lookedUp++;
      return super.contains(user);
    }
  }

  private void publishMany() {
    for (int i = 0; i < MANY; i++) {
      fixture.publishRelayedAt(i, "X", Audience.of(audience));
    }
  }

  /** Opens under the lock alone: nothing is read yet. */
  private CursorStart open(Cursor cursor) {
    return fixture.mailboxes.open(
        cursor, fixture.nowNanos, Instant.EPOCH.plusNanos(fixture.nowNanos));
  }

  private static Cursor cursor(long afterMicros) {
    Subscriber subscriber = new Subscriber(USER, Device.UNKNOWN, afterMicros);
    return new Cursor(subscriber, EventsFixture.LOOP, now -> {});
  }

  /** Without after=, at the time of one of them, at that of none, and at one to come. */
  @ParameterizedTest
  @ValueSource(longs = {Subscriber.NO_AFTER, 0, MANY / 2, MANY - 1, MANY, 1L << 50, -(1L << 60)})
  void looksAtNoneOfTheBroadcastsForOthers(long afterMicros) {
    fixture.close(fixture.open(USER));
    publishMany();
    audience.lookedUp = 0;
    Cursor cursor = cursor(afterMicros);
    CursorStart start = open(cursor);
    assertThat(audience.lookedUp).isLessThan(OF_ALL_SEARCHES);
    cursor.start(start, 0);
    assertThat(cursor.replayOrigin())
        .isEqualTo(cursor.past().awaitsReplay() ? ReplayOrigin.DATABASE : null);
  }

  /** All searches of an opening and of a closing are this one. */
  @Test
  void aSearchTakesAFewSteps() {
    for (long wanted : new long[] {0, 1, MANY / 2, MANY - 1, MANY}) {
      long[] steps = {0};
      long found =
          PositionRing.firstIndex(
              0,
              MANY,
              index -> {
                steps[0]++;
                return index >= wanted;
              });
      assertThat(found).isEqualTo(wanted);
      assertThat(steps[0]).isLessThanOrEqualTo(17);
    }
  }

  /** Whether there was anything of the past is known all the same. */
  @Test
  void aBroadcastOfThePastIsCountedWhenItIsRead() {
    audience.add(USER);
    fixture.publish("a", Audience.of(audience));
    Cursor with = fixture.open(USER);
    assertThat(with.replayOrigin()).isEqualTo(ReplayOrigin.MEMORY);
    assertThat(fixture.figures.replays(ReplayOrigin.MEMORY)).isEqualTo(1);
    assertThat(read(with)).containsExactly("a");
    fixture.confirm(with);
    fixture.pass(2 * REPLAY_NANOS);
    Cursor without = cursor(Subscriber.NO_AFTER);
    CursorStart start = open(without);
    fixture.publish("after the opening", Audience.of(audience));
    without.start(start, 0);
    assertThat(without.replayOrigin()).isNull();
    assertThat(fixture.figures.replays(ReplayOrigin.MEMORY)).isEqualTo(1);
    assertThat(read(without)).containsExactly("after the opening");
  }

  /** By the clock of the gateway, which may be the wrong one, too. */
  @Test
  void aClientWhoseClockIsAheadGetsWhatIsInMemory() {
    fixture.open(USER);
    fixture.publish("a", Audience.of(USER));
    fixture.pass(5 * REPLAY_NANOS);
    long nowMicros = TimeUnit.NANOSECONDS.toMicros(fixture.nowNanos);
    Cursor cursor = fixture.open(USER, nowMicros + Replay.CLOCK_TOLERANCE_MICROS);
    assertThat(read(cursor)).containsExactly("a");
  }
}
