package herald.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import herald.gateway.fanout.Cursor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Single courses of events among instances, each of which once went wrong. */
class ExchangeCasesTest {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long TURN_NANOS = SECOND_NANOS / 4;
  private static final int PROBE_SECONDS = 5;
  private static final int USER = 7;
  private static final Device DEVICE = new Device(1_001, 51, 101, true);

  private final ModelChannel channel = new ModelChannel();
  private final List<ModelInstance> running = new ArrayList<>();
  private final List<ModelInstance> started = new ArrayList<>();
  private long nowNanos = SECOND_NANOS;
  private int rows;

  @AfterEach
  void end() {
    started.forEach(ModelInstance::end);
  }

  private ModelInstance start() {
    ModelInstance instance = new ModelInstance(started.size() + 1, channel, () -> nowNanos);
    started.add(instance);
    running.add(instance);
    return instance;
  }

  private String commit() {
    String name = "e" + rows++;
    channel.said.add(new ModelChannel.Said.Row(name, USER, nowNanos));
    return name;
  }

  private static void hear(ModelInstance instance) {
    instance.hear(Integer.MAX_VALUE, () -> 1);
    instance.handle(Integer.MAX_VALUE);
  }

  /** All instances that run send probes, hear everything and exchange, for so many seconds. */
  private void pass(int seconds) {
    for (long turn = 0; turn < seconds * SECOND_NANOS / TURN_NANOS; turn++) {
      nowNanos += TURN_NANOS;
      for (ModelInstance instance : running) {
        if (turn % (PROBE_SECONDS * SECOND_NANOS / TURN_NANOS) == 0) {
          instance.probe();
        }
        instance.pass(TURN_NANOS);
      }
      for (ModelInstance instance : running) {
        hear(instance);
        instance.exchange();
      }
    }
  }

  private static List<String> receive(ModelInstance instance, Cursor cursor) {
    List<String> received = instance.read(cursor);
    instance.confirm(cursor);
    return received;
  }

  /** A connection that has confirmed what there is, and is known to be healthy. */
  private Cursor healthy(ModelInstance instance) {
    Cursor cursor = instance.open(USER, DEVICE);
    for (int i = 0; i < 3; i++) {
      receive(instance, cursor);
      pass(10);
    }
    return cursor;
  }

  /** Some events, each confirmed and minutes old at the end. */
  private void receiveSome(ModelInstance instance, Cursor cursor) {
    for (int i = 0; i < 5; i++) {
      String name = commit();
      pass(20);
      assertThat(receive(instance, cursor)).contains(name);
      pass(2);
    }
    pass(15);
  }

  @Test
  void aReloadAfterAMoveIsSentNothingOld() {
    ModelInstance first = start();
    ModelInstance second = start();
    pass(20);
    Cursor before = healthy(first);
    first.close(before);
    // The client is back before the other instance has heard of its end.
    nowNanos += SECOND_NANOS / 20;
    Cursor after = second.open(USER, DEVICE);
    receive(second, after);
    pass(1);
    receive(second, after);
    receiveSome(second, after);
    second.close(after);
    assertThat(second.read(second.open(USER, DEVICE))).isEmpty();
  }

  @Test
  void whatWasRetiredIsNotToldToANewInstance() {
    ModelInstance killed = start();
    ModelInstance second = start();
    pass(20);
    healthy(killed);
    running.remove(killed);
    pass(2);
    Cursor after = second.open(USER, DEVICE);
    receive(second, after);
    pass(45);
    receive(second, after);
    receiveSome(second, after);
    ModelInstance third = start();
    pass(5);
    second.close(after);
    pass(1);
    assertThat(third.read(third.open(USER, DEVICE))).isEmpty();
  }

  /** Its listener hears nothing for so long that it takes itself for alone; its pool works. */
  @Test
  void whatAnInstanceDidNotSayBecauseItThoughtItWasAloneIsNoticed() {
    ModelInstance deaf = start();
    ModelInstance second = start();
    pass(20);
    Cursor cursor = healthy(deaf);
    Cursor other = deaf.open(USER + 1, DEVICE);
    pass(1);
    String missed = "";
    for (int i = 0; i < 50; i++) {
      nowNanos += SECOND_NANOS;
      if (i % PROBE_SECONDS == 0) {
        second.probe();
      }
      if (i == 24) {
        deaf.close(other);
      } else if (i == 33) {
        missed = commit();
      } else if (i == 36) {
        deaf.close(cursor);
      }
      deaf.exchange();
      hear(second);
      second.exchange();
    }
    deaf.loseListener();
    pass(60);
    assertThat(second.read(second.open(USER, DEVICE))).contains(missed);
  }

  /** It has not learned yet what the other instance knows: it asks the database. */
  @Test
  void anInstanceThatHasHeardOfAnotherButNotItsPositionsStartsEarlier() {
    ModelInstance first = start();
    pass(20);
    healthy(first);
    String missed = commit();
    pass(40);
    ModelInstance second = new ModelInstance(99, channel, () -> nowNanos);
    started.add(second);
    first.probe();
    hear(second);
    second.exchange();
    assertThat(second.read(second.open(USER, DEVICE))).contains(missed);
  }

  @Test
  void aLoneInstanceSaysNothing() {
    ModelInstance alone = start();
    pass(20);
    int said = channel.messages();
    receiveSome(alone, healthy(alone));
    assertThat(channel.messages()).isEqualTo(said);
  }

  /** Nobody looks at its clients while it is alone; a newcomer is told how they are now. */
  @Test
  void clientsOfALoneInstanceAreKnownToANewcomer() {
    ModelInstance alone = start();
    pass(20);
    Cursor good = healthy(alone);
    Device other = new Device(1_002, 52, 102, true);
    Cursor behind = alone.open(USER, other);
    receiveSome(alone, good);
    pass(60);
    receive(alone, good);
    String last = commit();
    pass(1);
    ModelInstance newcomer = start();
    // Without a probe, at which all are looked at that are not alone.
    for (ModelInstance instance : List.of(newcomer, alone, newcomer)) {
      hear(instance);
      instance.exchange();
    }
    assertThat(newcomer.read(newcomer.open(USER, DEVICE))).containsExactly(last);
    assertThat(newcomer.read(newcomer.open(USER, other))).containsAll(alone.read(behind));
  }
}
