package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import herald.gateway.fanout.Gap;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.Subscriber;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import herald.gateway.supervision.Place;
import java.time.Instant;
import java.util.List;
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
