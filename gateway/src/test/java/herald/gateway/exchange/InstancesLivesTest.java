package herald.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import herald.gateway.fanout.Cursor;
import herald.gateway.fanout.DeviceLife;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
  static final class InstancesTally extends DeviceLife.Tally {
    private long twice;
    private long replays;

    @Override
    public String toString() {
      return String.format(
          "%,d twice on one connection, %,d replays from the database, %s",
          twice, replays, super.toString());
    }
  }

  /** A connection. */
  private record Link(ModelInstance instance, Cursor cursor, Set<String> got) {}

  /** One life. */
  private static final class Life extends DeviceLife<Link> {
    private final InstancesTally tally;
    private final ModelChannel channel = new ModelChannel();
    private final List<ModelInstance> instances = new ArrayList<>();

    private long nowNanos = 1_000_000_000L;
    private long nextId = 1;

    Life(long seed, InstancesTally tally) {
      super(seed, tally);
      this.tally = tally;
    }

    void live() {
      for (int i = 0; i < INSTANCES; i++) {
        start();
      }
      settle();
      for (int step = 0; step < STEPS; step++) {
        pass(1 + (long) (random().nextDouble() * LONGEST_STEP_NANOS));
        switch (random().nextInt(14)) {
          case 0, 1, 2, 3 -> commit();
          case 4 -> appear();
          case 5, 6 -> with(this::connect);
          case 7, 8 -> with(this::confirm);
          case 9 -> dieOrEnd();
          case 10 -> notice();
          case 11 -> fault();
          default -> breathe();
        }
      }
      settle();
      checkAll();
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
        instance.hear(random().nextInt(30), this::copies);
        instance.handle(random().nextInt(30));
        if (random().nextInt(4) > 0) {
          instance.exchange();
        }
      }
    }

    private int copies() {
      int draw = random().nextInt(100);
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
      int index = random().nextInt(instances.size());
      ModelInstance instance = instances.get(index);
      switch (random().nextInt(3)) {
        case 0 -> {
          tell("kill " + instance.id());
          cutOff(instance);
          replace(index);
        }
        case 1 -> {
          tell("stop " + instance.id());
          closeAll(instance);
          instance.leave();
          replace(index);
        }
        default -> {
          tell("listener of " + instance.id());
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
      dead().removeIf(link -> link.instance() == instance);
      for (Gadget<Link> gadget : gadgets()) {
        Link link = gadget.connection();
        if (link != null && link.instance() == instance) {
          gadget.cutOff();
        }
      }
    }

    private void closeAll(ModelInstance instance) {
      for (Link link : dead()) {
        if (link.instance() == instance) {
          close(link);
        }
      }
      for (Gadget<Link> gadget : gadgets()) {
        Link link = gadget.connection();
        if (link != null && link.instance() == instance) {
          close(link);
        }
      }
      cutOff(instance);
    }

    private void commit() {
      String name = publish();
      channel.said.add(new ModelChannel.Said.Row(name, USER, nowNanos));
      tell(name + "@" + nowNanos / 1_000_000);
    }

    @Override
    protected Link open(Gadget<Link> gadget) {
      ModelInstance instance = instances.get(random().nextInt(instances.size()));
      // An instance that is behind lets the client wait, which comes to the same as the other way.
      instance.hear(Integer.MAX_VALUE, this::copies);
      instance.handle(Integer.MAX_VALUE);
      int number = gadget.number();
      Device device = new Device(1_000 + number, 50 + number % 2, 100 + number, gadget.hasCookie());
      return new Link(instance, instance.open(USER, device), new HashSet<>());
    }

    @Override
    protected void close(Link link) {
      link.instance().close(link.cursor());
    }

    @Override
    protected List<String> read(Link link) {
      List<String> names = link.instance().read(link.cursor());
      tally.twice += names.stream().filter(name -> !link.got().add(name)).count();
      return names;
    }

    @Override
    protected void confirm(Link link) {
      link.instance().confirm(link.cursor());
    }

    @Override
    protected String where(Link link) {
      return " at " + link.instance().id();
    }
  }

  static InstancesTally lives(int count, long seed) {
    InstancesTally tally = new InstancesTally();
    for (int i = 0; i < count; i++) {
      new Life(seed + i, tally).live();
    }
    return tally;
  }

  @Test
  void noDeviceLosesAnythingWhereverItGoes() {
    InstancesTally tally = lives(LIVES, 1);
    System.out.println(LIVES + " lives: " + tally);
    assertThat(tally.lost()).as("%s", tally).isZero();
    assertThat(tally.twice).as("%s", tally).isZero();
    assertThat(tally.delivered()).isPositive();
  }
}
