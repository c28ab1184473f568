package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.supervision.Place;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionRegistryTest {
  private final Wire wire = new Wire();
  private final ConnectionRegistry registry = wire.loop.registry();
  private final List<String> aborted = new ArrayList<>();

  @AfterEach
  void finish() {
    wire.finish();
  }

  private final class Entry extends ConnectionHandler {
    private final String name;

    Entry(String name) {
      super(wire.loop);
      this.name = name;
    }

    @Override
    void onStandstill(long stoodNanos, long nowNanos) {}

    @Override
    long onTime(long nowNanos) {
      return Long.MAX_VALUE;
    }

    @Override
    void abort(CloseReason why) {
      aborted.add(name);
      registry.remove(this);
    }
  }

  private List<Entry> add(int count) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Entry entry = new Entry("c" + i);
      entries.add(entry);
      registry.add(entry);
    }
    return entries;
  }

  private Set<ConnectionHandler> reached() {
    Set<ConnectionHandler> reached = new HashSet<>();
    registry.forEach(handler -> assertThat(reached.add(handler)).isTrue());
    return reached;
  }

  @Test
  void forEachReachesAllThoughTheyLeave() {
    add(500);
    registry.forEach(handler -> handler.abort(CloseReason.DRAINED));
    assertThat(aborted).hasSize(500).doesNotHaveDuplicates();
    assertThat(registry.size()).isZero();
    assertThat(reached()).isEmpty();
  }

  @Test
  void aWalkGoesOnAfterOneForWhichTheActionThrows() {
    add(5);
    List<String> reached = new ArrayList<>();
    registry.forEach(
        handler -> {
          reached.add(((Entry) handler).name);
          if (((Entry) handler).name.equals("c2")) {
            throw new IllegalStateException();
          }
        });
    assertThat(reached).containsExactlyInAnyOrder("c0", "c1", "c2", "c3", "c4");
    assertThat(aborted).containsExactly("c2");
    assertThat(wire.supervisor.failures().count(Place.WALK)).isEqualTo(1);
    assertThat(registry.size()).isEqualTo(4);
  }

  @Test
  void aHandlerIsRegisteredForAsLongAsItIsInAPipeline() {
    EmbeddedChannel channel = new EmbeddedChannel();
    Entry first = new Entry("first");
    Entry second = new Entry("second");
    channel.pipeline().addLast(first, second);
    assertThat(reached()).containsExactlyInAnyOrder(first, second);
    channel.pipeline().remove(first);
    assertThat(reached()).containsExactly(second);
    channel.close();
    assertThat(reached()).isEmpty();
    channel.finishAndReleaseAll();
  }

  @Test
  void aConnectionTakesThePlaceOfItsHandshakeAndLeavesWithItsSocket() {
    wire.connected();
    assertThat(registry.size()).isEqualTo(1);
    wire.channel.close();
    wire.settle();
    assertThat(registry.size()).isZero();
  }

  @Test
  void staysConsistentUnderRandomUse() {
    Random random = new Random(42);
    List<Entry> entries = add(200);
    Set<ConnectionHandler> expected = new HashSet<>(entries);
    for (int i = 0; i < 5_000; i++) {
      Entry entry = entries.get(random.nextInt(entries.size()));
      if (expected.contains(entry)) {
        registry.remove(entry);
        expected.remove(entry);
      } else if (random.nextBoolean()) {
        registry.add(entry);
        expected.add(entry);
      } else {
        registry.remove(entry);
      }
      assertThat(registry.size()).isEqualTo(expected.size());
      if (i % 50 == 0) {
        assertThat(reached()).isEqualTo(expected);
      }
    }
  }
}
