package herald.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import herald.gateway.fanout.Cursor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random lives of devices whose connections go to any of three instances, which are killed, stopped
 * and started, whose listeners are lost, which hear late, and of whose messages some are lost or
 * come twice. Each device must get every event that is committed after its first connection.
 */
class InstancesLivesTest {
  private static final int USER = 7;
  private static final int STEPS = 80;
  private static final int INSTANCES = 3;

  /** Or as many as are asked for: -Dherald.lives=1000000. */
  private static final int LIVES = Integer.getInteger("herald.lives", 2_000);

  /** Its steps all together take less than the retention. */
  private static final long LONGEST_STEP_NANOS = ModelInstance.RETENTION_NANOS / STEPS / 2;

  /** What many lives have come to. */
  static final class Tally {
    private long rows;
    private long delivered;
    private long needless;
    private long lost;
    private long twice;
    private long replays;
    private @Nullable String example;

    @Override
    public String toString() {
      return String.format(
          "%,d rows, %,d deliveries, %,d of them needless, %,d twice on one connection,"
              + " %,d replays from the database, %,d lost%s",
          rows, delivered, needless, twice, replays, lost, example == null ? "" : ": " + example);
    }
  }

  /** A device, and what it has got. */
  private static final class Gadget {
    private final int number;
    private final boolean keepsCookies;
    private boolean hasCookie;
    private @Nullable Link link;
    private final Set<String> got = new HashSet<>();
    private int since = -1;

    Gadget(int number, boolean keepsCookies) {
      this.number = number;
      this.keepsCookies = keepsCookies;
    }

    Device device() {
      return new Device(1_000 + number, 50 + number % 2, 100 + number, hasCookie);
    }
  }

  /** A connection. */
  private record Link(ModelInstance instance, Cursor cursor, Set<String> got) {}

  /** One life. */
  private static final class Life {
    private final ModelChannel channel = new ModelChannel();
    private final Random random;
    private final Tally tally;
    private final List<String> rows = new ArrayList<>();
    private final List<Gadget> gadgets = new ArrayList<>();
    private final List<ModelInstance> instances = new ArrayList<>();

    /** Whose link has died, and whose instance has not noticed. */
    private final List<Link> dead = new ArrayList<>();

    private final StringBuilder story = new StringBuilder();
    private long nowNanos = 1_000_000_000L;
    private long nextId = 1;

    Life(long seed, Tally tally) {
      random = new Random(seed);
      this.tally = tally;
      story.append("seed ").append(seed);
    }

    void live() {
      for (int i = 0; i < INSTANCES; i++) {
        start();
      }
      settle();
      for (int step = 0; step < STEPS; step++) {
        pass(1 + (long) (random.nextDouble() * LONGEST_STEP_NANOS));
        switch (random.nextInt(14)) {
          case 0, 1, 2, 3 -> commit();
          case 4 -> appear();
          case 5, 6 -> with(this::connect);
          case 7, 8 -> with(this::confirm);
          case 9 -> with(random.nextBoolean() ? this::die : this::end);
          case 10 -> notice();
          case 11 -> fault();
          default -> breathe();
        }
      }
      settle();
      for (Gadget gadget : gadgets) {
        connect(gadget);
        receive(gadget);
        check(gadget);
      }
      tally.rows += rows.size();
      tally.replays += channel.replays;
      instances.forEach(ModelInstance::end);
    }

    private void start() {
      instances.add(new ModelInstance(nextId++, channel, () -> nowNanos));
    }

    /** Time passes; probes go out, and the instances do some of what is to be done. */
    private void pass(long nanos) {
      nowNanos += nanos;
      for (ModelInstance instance : instances) {
        instance.pass(nanos);
        instance.probe();
        instance.hear(random.nextInt(30), this::copies);
        instance.handle(random.nextInt(30));
        if (random.nextInt(4) > 0) {
          instance.exchange();
        }
      }
    }

    private int copies() {
      int draw = random.nextInt(100);
      return draw == 0 ? 0 : draw == 1 ? 2 : 1;
    }

    /** All that was said is heard and handled by all. */
    private void settle() {
      for (int round = 0; round < 8; round++) {
        nowNanos += 700_000_000L;
        for (ModelInstance instance : instances) {
          instance.pass(700_000_000L);
          instance.hear(Integer.MAX_VALUE, () -> 1);
          instance.handle(Integer.MAX_VALUE);
          instance.exchange();
        }
      }
    }

    private void breathe() {
      for (ModelInstance instance : instances) {
        instance.hear(Integer.MAX_VALUE, this::copies);
        instance.handle(Integer.MAX_VALUE);
        instance.exchange();
      }
    }

    private void fault() {
      int index = random.nextInt(instances.size());
      ModelInstance instance = instances.get(index);
      switch (random.nextInt(3)) {
        case 0 -> {
          story.append("; kill ").append(instance.id());
          cutOff(instance);
          replace(index);
        }
        case 1 -> {
          story.append("; stop ").append(instance.id());
          closeAll(instance);
          instance.leave();
          replace(index);
        }
        default -> {
          story.append("; listener of ").append(instance.id());
          instance.loseListener();
        }
      }
    }

    private void replace(int index) {
      instances.get(index).end();
      instances.set(index, new ModelInstance(nextId++, channel, () -> nowNanos));
      settle();
    }

    private void cutOff(ModelInstance instance) {
      dead.removeIf(link -> link.instance() == instance);
      for (Gadget gadget : gadgets) {
        Link link = gadget.link;
        if (link != null && link.instance() == instance) {
          gadget.link = null;
        }
      }
    }

    private void closeAll(ModelInstance instance) {
      for (Link link : dead) {
        if (link.instance() == instance) {
          instance.close(link.cursor());
        }
      }
      for (Gadget gadget : gadgets) {
        Link link = gadget.link;
        if (link != null && link.instance() == instance) {
          instance.close(link.cursor());
        }
      }
      cutOff(instance);
    }

    private void with(Consumer<Gadget> step) {
      if (!gadgets.isEmpty()) {
        step.accept(gadgets.get(random.nextInt(gadgets.size())));
      }
    }

    private void tell(String what, Gadget gadget) {
      story.append("; ").append(what).append(' ').append(gadget.number);
    }

    private void commit() {
      String name = "e" + rows.size();
      rows.add(name);
      channel.said.add(new ModelChannel.Said.Row(name, USER, nowNanos));
      story.append("; ").append(name).append('@').append(nowNanos / 1_000_000);
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
      Link before = gadget.link;
      if (before != null) {
        dead.add(before);
      }
      ModelInstance instance = instances.get(random.nextInt(instances.size()));
      // An instance that is behind lets the client wait, which comes to the same as the other way.
      instance.hear(Integer.MAX_VALUE, this::copies);
      instance.handle(Integer.MAX_VALUE);
      Cursor cursor = instance.open(USER, gadget.device());
      gadget.link = new Link(instance, cursor, new HashSet<>());
      if (gadget.since < 0) {
        gadget.since = rows.size();
      }
      gadget.hasCookie |= gadget.keepsCookies;
      tell("connect to " + instance.id(), gadget);
    }

    private void receive(Gadget gadget) {
      Link link = gadget.link;
      if (link != null) {
        for (String name : link.instance().read(link.cursor())) {
          tally.delivered++;
          if (!gadget.got.add(name)) {
            tally.needless++;
          }
          if (!link.got().add(name)) {
            tally.twice++;
          }
        }
      }
    }

    private void confirm(Gadget gadget) {
      Link link = gadget.link;
      if (link != null) {
        receive(gadget);
        link.instance().confirm(link.cursor());
        tell("confirm", gadget);
      }
    }

    private void end(Gadget gadget) {
      Link link = gadget.link;
      if (link != null) {
        if (random.nextBoolean()) {
          receive(gadget);
        }
        link.instance().close(link.cursor());
        gadget.link = null;
        tell("end", gadget);
      }
    }

    private void die(Gadget gadget) {
      Link link = gadget.link;
      if (link != null) {
        dead.add(link);
        gadget.link = null;
        tell("die", gadget);
      }
    }

    private void notice() {
      if (!dead.isEmpty()) {
        Link link = dead.remove(random.nextInt(dead.size()));
        link.instance().close(link.cursor());
        story.append("; notice at ").append(link.instance().id());
      }
    }

    private void check(Gadget gadget) {
      for (int i = gadget.since; i < rows.size(); i++) {
        if (!gadget.got.contains(rows.get(i))) {
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
  void noDeviceLosesAnythingWhereverItGoes() {
    Tally tally = lives(LIVES, 1);
    System.out.println(LIVES + " lives: " + tally);
    assertThat(tally.lost).as("%s", tally).isZero();
    assertThat(tally.twice).as("%s", tally).isZero();
    assertThat(tally.delivered).isPositive();
  }
}
