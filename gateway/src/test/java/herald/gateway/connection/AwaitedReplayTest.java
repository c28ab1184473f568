package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import herald.gateway.fanout.Gap;
import herald.gateway.fanout.KnownEvents;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayMemory;
import herald.gateway.fanout.Subscriber;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import herald.gateway.supervision.Place;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A connection that waits for the database. */
class AwaitedReplayTest {
  private final Wire wire = new Wire();

  @BeforeEach
  void connect() {
    Subscriber subscriber = new Subscriber(Wire.USER, Device.UNKNOWN, 0);
    wire.channel
        .pipeline()
        .addLast(
            new ClientConnection(wire.loop, wire.channel.eventLoop(), subscriber, Wire.CLIENT));
    wire.settle();
  }

  @AfterEach
  void finish() {
    wire.finish();
  }

  @Test
  void whenItIsClosedTheReplayIsNotWantedAnyMore() {
    assertThat(wire.replay).isNotDone();
    wire.channel.close();
    wire.settle();
    assertThat(wire.replay).isCancelled();
    wire.settle();
    assertThat(wire.supervisor.failures().count(Place.REPLAY)).isZero();
  }

  private final ReplayMemory memory = new ReplayMemory(1_000);

  /** Three events, which have taken something of the memory. */
  private Replay replay() {
    ReplayMemory.Room room = memory.room(Wire.USER);
    assertThat(room.take(300)).isTrue();
    List<EncodedEvent> events =
        Stream.of("one", "two", "three").map(AwaitedReplayTest::event).toList();
    return new Replay(events, KnownEvents.of(List.of(), List.of(), null), null, room);
  }

  private static EncodedEvent event(String name) {
    return EventEncoder.message(EventId.of(name, 0), "chat", name, "x".repeat(50_000), 1, 0);
  }

  @Test
  void whatItHasTakenIsGivenBackWhenAllOfItIsSent() {
    wire.replay.complete(replay());
    assertThat(memory.bytes()).isEqualTo(300);
    wire.settle();
    assertThat(wire.sentText()).contains("one", "two", "three");
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void whatItHasTakenIsGivenBackWhenTheConnectionEndsBefore() {
    StalledSocket socket = new StalledSocket();
    wire.channel.pipeline().addFirst(socket);
    wire.replay.complete(replay());
    wire.settle();
    assertThat(memory.bytes()).as("the client does not read").isEqualTo(300);
    wire.channel.close();
    wire.settle();
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void whatComesWhenTheConnectionHasEndedIsGivenBack() {
    wire.replay.complete(replay());
    wire.channel.close();
    wire.settle();
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void whatComesWhileTheConnectionIsClosingIsGivenBack() {
    // A reserved opcode.
    wire.receive(Wire.clientFrame(0x80 | 3, ""));
    wire.settle();
    assertThat(wire.channel.isOpen()).as("the client's close frame is awaited").isTrue();
    wire.replay.complete(replay());
    wire.settle();
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void afterAGapWhatIsNewGoesOut() throws Exception {
    wire.publish("new");
    assertThat(wire.sentText()).doesNotContain("new");
    wire.replay.complete(
        new Replay(
            List.of(), new Gap(Instant.EPOCH, Instant.EPOCH.plusSeconds(1), GapSource.DATABASE)));
    wire.settle();
    assertThat(wire.sentText()).containsSubsequence("gateway.gap", "new");
    wire.channel.close();
    wire.settle();
    assertThat(wire.replay.isCancelled()).isFalse();
  }
}
