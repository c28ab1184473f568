package herald.gateway.fanout;

import static herald.gateway.fanout.EventsFixture.REPLAY_NANOS;
import static herald.gateway.fanout.EventsFixture.RETENTION_NANOS;
import static herald.gateway.fanout.EventsFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Random lives of one user's devices, at one instance. */
class DeviceLivesTest {
  private static final int USER = 7;
  private static final Audience AUDIENCE = Audience.of(USER);
  private static final int STEPS = 60;

  /** Or as many as are asked for: -Dherald.lives=1000000. */
  private static final int LIVES = Integer.getInteger("herald.lives", 20_000);

  /** Its steps all together take less than the retention: what a device lacks is always there. */
  private static final long LONGEST_STEP_NANOS = RETENTION_NANOS / STEPS / 2;

  /** One life. */
  private static final class Life extends DeviceLife<Cursor> {
    private final EventsFixture fixture = new EventsFixture();

    Life(long seed, Tally tally) {
      super(seed, tally);
    }

    void live() {
      for (int step = 0; step < STEPS; step++) {
        fixture.pass(1 + (long) (random().nextDouble() * LONGEST_STEP_NANOS));
        switch (random().nextInt(10)) {
          case 0, 1, 2 -> publishOne();
          case 3 -> appear();
          case 4, 5 -> with(this::connect);
          case 6, 7 -> with(this::confirm);
          case 8 -> dieOrEnd();
          default -> notice();
        }
      }
      checkAll();
    }

    private void publishOne() {
      String name = publish();
      fixture.publish(name, AUDIENCE);
      tell(name);
    }

    /** As a handshake would tell it. Some look the same, at addresses of their own. */
    @Override
    protected Cursor open(Gadget<Cursor> gadget) {
      int number = gadget.number();
      return fixture.open(
          USER, new Device(1_000 + number, number % 2, 100 + number, gadget.hasCookie()));
    }

    @Override
    protected void close(Cursor connection) {
      fixture.close(connection);
    }

    @Override
    protected List<String> read(Cursor connection) {
      return NamedEvents.read(connection);
    }

    @Override
    protected void confirm(Cursor connection) {
      fixture.confirm(connection);
    }

    @Override
    protected String where(Cursor connection) {
      return "";
    }
  }

  static DeviceLife.Tally lives(int count, long seed) {
    DeviceLife.Tally tally = new DeviceLife.Tally();
    for (int i = 0; i < count; i++) {
      new Life(seed + i, tally).live();
    }
    return tally;
  }

  @Test
  void noDeviceLosesAnything() {
    DeviceLife.Tally tally = lives(LIVES, 1);
    System.out.println(LIVES + " lives: " + tally);
    assertThat(tally.lost()).as("%s", tally).isZero();
    assertThat(tally.delivered()).isPositive();
  }

  /** Cases D1 and D2: another device of the user confirms meanwhile. */
  @Test
  void aDeviceKeepsItsPositionWhateverOthersConfirm() {
    EventsFixture fixture = new EventsFixture();
    Device phone = new Device(1, 0, 1, true);
    Device laptop = new Device(2, 0, 1, true);
    Cursor asleep = fixture.open(USER, phone);
    fixture.close(asleep);
    fixture.publish("a", AUDIENCE);
    fixture.pass(2 * REPLAY_NANOS);

    Cursor other = fixture.open(USER, laptop);
    fixture.confirm(other);
    Cursor unknown = fixture.open(USER, new Device(3, 0, 2, false));
    fixture.confirm(unknown);
    assertThat(read(fixture.open(USER, phone))).containsExactly("a");
  }

  /** Case D5: what another device has missed is no news to a new one. */
  @Test
  void aNewDeviceStartsAtTheReplayTime() {
    EventsFixture fixture = new EventsFixture();
    fixture.close(fixture.open(USER, new Device(1, 50, 1, true)));
    fixture.publish("old", AUDIENCE);
    fixture.pass(2 * REPLAY_NANOS);
    fixture.publish("new", AUDIENCE);

    assertThat(read(fixture.open(USER, new Device(2, 50, 1, false)))).containsExactly("new");
  }

  /** Case H11: what it missed is not known any more, and it is told so. */
  @Test
  void aDeviceThatWasAwayForTooLongIsTold() {
    EventsFixture fixture = new EventsFixture();
    Device phone = new Device(1, 0, 1, true);
    fixture.close(fixture.open(USER, phone));
    assertThat(fixture.open(USER, phone).past().takeGap()).isNull();
    fixture.pass(RETENTION_NANOS + 1);
    Device other = new Device(2, 0, 1, true);
    assertThat(fixture.open(USER, other).past().takeGap())
        .extracting(Gap::source)
        .isEqualTo(GapSource.ABSENCE);
    assertThat(fixture.open(USER, new Device(3, 0, 1, false)).past().takeGap()).as("new").isNull();
  }

  /** A connection that ended before it had confirmed anything was a connection all the same. */
  @Test
  void aConnectionThatConfirmedNothingRenewsItsPosition() {
    EventsFixture fixture = new EventsFixture();
    Device phone = new Device(1, 0, 1, true);
    fixture.close(fixture.open(USER, phone));
    fixture.pass(RETENTION_NANOS - REPLAY_NANOS);
    Cursor unconfirmed = fixture.open(USER, phone);
    fixture.publish("a", AUDIENCE);
    fixture.close(unconfirmed);
    fixture.pass(RETENTION_NANOS / 2);
    assertThat(read(fixture.open(USER, phone))).containsExactly("a");
  }

  /** Each is a device that nobody has seen; the user's own oldest position goes. */
  @Test
  void aUserHasABoundedNumberOfPositions() {
    EventsFixture fixture = new EventsFixture();
    fixture.close(fixture.open(8, new Device(1, 0, 1, true)));
    for (int i = 0; i < 3 * PositionMemory.MAX_PER_USER; i++) {
      fixture.close(fixture.open(USER, new Device(100 + i, 0, 1, true)));
    }
    assertThat(fixture.figures.remembered()).isEqualTo(PositionMemory.MAX_PER_USER + 1);
  }

  /** Two tabs of a browser that is new: the cookie of the second has replaced that of the first. */
  @Test
  void aTabWhoseCookieWasReplacedLosesNothing() {
    EventsFixture fixture = new EventsFixture();
    Cursor first = fixture.open(USER, new Device(1, 50, 1, false));
    Cursor second = fixture.open(USER, new Device(2, 50, 1, false));
    fixture.close(first);
    fixture.publish("a", AUDIENCE);
    read(second);
    fixture.confirm(second);
    fixture.pass(2 * REPLAY_NANOS);
    assertThat(read(fixture.open(USER, new Device(2, 50, 1, true)))).containsExactly("a");
  }
}
