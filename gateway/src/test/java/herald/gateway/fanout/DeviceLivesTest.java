package herald.gateway.fanout;

import static herald.gateway.fanout.EventsFixture.REPLAY_NANOS;
import static herald.gateway.fanout.EventsFixture.RETENTION_NANOS;
import static herald.gateway.fanout.EventsFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random lives of one user's devices: with and without cookies, links that die without anybody's
 * noticing, connections that end before anything is confirmed, devices that are new. Each device
 * must get every event that is published after its first connection.
 */
class DeviceLivesTest {
  private static final int USER = 7;
  private static final Audience AUDIENCE = Audience.of(USER);
  private static final int STEPS = 60;

  /** Or as many as are asked for: -Dherald.lives=1000000. */
  private static final int LIVES = Integer.getInteger("herald.lives", 20_000);

  /** Its steps all together take less than the retention: what a device lacks is always there. */
  private static final long LONGEST_STEP_NANOS = RETENTION_NANOS / STEPS / 2;

  /** What many lives have come to. */
  static final class Tally {
    private long published;
    private long delivered;
    private long needless;
    private long lost;
    private @Nullable String example;

    @Override
    public String toString() {
      return String.format(
          "%,d events, %,d deliveries, %,d of them needless, %,d lost%s",
          published, delivered, needless, lost, example == null ? "" : ": " + example);
    }
  }

  /** A device, and what it has got. */
  private static final class Gadget {
    private final int number;
    private final boolean keepsCookies;
    private boolean hasCookie;
    private @Nullable Cursor connection;
    private final Set<String> got = new HashSet<>();
    private int since = -1;

    Gadget(int number, boolean keepsCookies) {
      this.number = number;
      this.keepsCookies = keepsCookies;
    }

    /** As a handshake would tell it. Some look the same, at addresses of their own. */
    Device device() {
      return new Device(1_000 + number, number % 2, 100 + number, hasCookie);
    }
  }

  /** One life. */
  private static final class Life {
    private final EventsFixture fixture = new EventsFixture();
    private final Random random;
    private final Tally tally;
    private final List<String> published = new ArrayList<>();
    private final List<Gadget> gadgets = new ArrayList<>();

    /** Of connections whose link is dead, and whose end the server has not noticed. */
    private final List<Cursor> dead = new ArrayList<>();

    private final StringBuilder story = new StringBuilder();

    Life(long seed, Tally tally) {
      random = new Random(seed);
      this.tally = tally;
      story.append("seed ").append(seed);
    }

    void live() {
      for (int step = 0; step < STEPS; step++) {
        fixture.pass(1 + (long) (random.nextDouble() * LONGEST_STEP_NANOS));
        switch (random.nextInt(10)) {
          case 0, 1, 2 -> publish();
          case 3 -> appear();
          case 4, 5 -> with(this::connect);
          case 6, 7 -> with(this::confirm);
          case 8 -> with(random.nextBoolean() ? this::die : this::end);
          default -> notice();
        }
      }
      for (Gadget gadget : gadgets) {
        connect(gadget);
        receive(gadget);
        check(gadget);
      }
      tally.published += published.size();
    }

    private void with(Consumer<Gadget> step) {
      if (!gadgets.isEmpty()) {
        step.accept(gadgets.get(random.nextInt(gadgets.size())));
      }
    }

    private void tell(String what, Gadget gadget) {
      story.append("; ").append(what).append(' ').append(gadget.number);
    }

    private void publish() {
      String name = "e" + published.size();
      published.add(name);
      fixture.publish(name, AUDIENCE);
      story.append("; ").append(name);
    }

    private void appear() {
      if (gadgets.size() < 4) {
        Gadget gadget = new Gadget(gadgets.size(), random.nextBoolean());
        gadgets.add(gadget);
        connect(gadget);
      }
    }

    /** Also while the connection before is open: its link has died, and only the client knows. */
    private void connect(Gadget gadget) {
      Cursor before = gadget.connection;
      if (before != null) {
        dead.add(before);
      }
      gadget.connection = fixture.open(USER, gadget.device());
      if (gadget.since < 0) {
        gadget.since = published.size();
      }
      gadget.hasCookie |= gadget.keepsCookies;
      tell("connect", gadget);
    }

    private void receive(Gadget gadget) {
      Cursor connection = gadget.connection;
      if (connection != null) {
        for (String name : read(connection)) {
          tally.delivered++;
          if (!gadget.got.add(name)) {
            tally.needless++;
          }
        }
      }
    }

    private void confirm(Gadget gadget) {
      Cursor connection = gadget.connection;
      if (connection != null) {
        receive(gadget);
        fixture.confirm(connection);
        tell("confirm", gadget);
      }
    }

    private void end(Gadget gadget) {
      Cursor connection = gadget.connection;
      if (connection != null) {
        if (random.nextBoolean()) {
          receive(gadget);
        }
        fixture.close(connection);
        gadget.connection = null;
        tell("end", gadget);
      }
    }

    private void die(Gadget gadget) {
      Cursor connection = gadget.connection;
      if (connection != null) {
        dead.add(connection);
        gadget.connection = null;
        tell("die", gadget);
      }
    }

    private void notice() {
      if (!dead.isEmpty()) {
        fixture.close(dead.remove(random.nextInt(dead.size())));
        story.append("; notice");
      }
    }

    private void check(Gadget gadget) {
      for (int i = gadget.since; i < published.size(); i++) {
        if (!gadget.got.contains(published.get(i))) {
          tally.lost++;
          if (tally.example == null) {
            tally.example = "device " + gadget.number + " never got e" + i + "; " + story;
          }
        }
      }
    }
  }

  static Tally lives(int count, long seed) {
    Tally tally = new Tally();
    for (int i = 0; i < count; i++) {
      new Life(seed + i, tally).live();
    }
    return tally;
  }

  @Test
  void noDeviceLosesAnything() {
    Tally tally = lives(LIVES, 1);
    System.out.println(LIVES + " lives: " + tally);
    assertThat(tally.lost).as("%s", tally).isZero();
    assertThat(tally.delivered).isPositive();
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
    assertThat(fixture.open(USER, phone).takeGap()).isNull();
    fixture.pass(RETENTION_NANOS + 1);
    Device other = new Device(2, 0, 1, true);
    assertThat(fixture.open(USER, other).takeGap())
        .extracting(Gap::source)
        .isEqualTo(GapSource.ABSENCE);
    assertThat(fixture.open(USER, new Device(3, 0, 1, false)).takeGap()).as("new").isNull();
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
