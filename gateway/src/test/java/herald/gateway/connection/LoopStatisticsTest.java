package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.connection.Wire.Frame;
import herald.gateway.ops.SlowConnection;
import herald.gateway.supervision.Place;
import herald.protocol.HashIds;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopStatisticsTest {
  private final Wire wire = new Wire().connected();
  private final LoopStatistics statistics = wire.loop.statistics();
  private final Executor loop = Runnable::run;

  @AfterEach
  void finish() {
    wire.finish();
  }

  private void answerPings() {
    wire.sentFrames().stream()
        .filter(frame -> frame.opcode() == Frames.OPCODE_PING)
        .map(Frame::payload)
        .forEach(wire::pong);
  }

  /** As when the socket takes nothing: the outbound buffer is made to count as full. */
  private void setWritable(boolean writable) {
    wire.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
    wire.settle();
  }

  @Test
  void whatIsSentIsUnconfirmedUntilItsPong() throws Exception {
    wire.publish("a", "b");
    assertThat(statistics.unconfirmed()).isEqualTo(1);
    assertThat(statistics.unconfirmedEvents()).isEqualTo(2);
    answerPings();
    assertThat(statistics.unconfirmed()).isZero();
    assertThat(statistics.unconfirmedEvents()).isZero();
  }

  @Test
  void whoStallsIsBehindAsFarAsEventsWait() throws Exception {
    setWritable(false);
    wire.publish("a", "b", "c");
    statistics.tick();
    assertThat(statistics.stalled()).isEqualTo(1);
    assertThat(statistics.behindEvents()).isEqualTo(3);
    assertThat(statistics.behindMaxEvents()).isEqualTo(3);
    assertThat(statistics.unconfirmedEvents()).isZero();
    setWritable(true);
    statistics.tick();
    assertThat(statistics.stalled()).isZero();
    assertThat(statistics.behindEvents()).isZero();
    assertThat(statistics.unconfirmedEvents()).isEqualTo(3);
  }

  @Test
  void whoIsBehindIsFoundByHashIdAndShortenedAddress() throws Exception {
    SlowestConnections slowest =
        new SlowestConnections(Map.of(loop, wire.loop), () -> 0, wire.supervisor.failures());
    assertThat(slowest.find().toCompletableFuture().join()).isEmpty();
    setWritable(false);
    wire.publish("a", "b", "c");
    wire.pass(3);
    SlowestConnections later =
        new SlowestConnections(
            Map.of(loop, wire.loop), wire.loop::nowNanos, wire.supervisor.failures());
    SlowConnection found = later.find().toCompletableFuture().join().get(0);
    assertThat(found.user()).isEqualTo(HashIds.encode(Wire.USER));
    assertThat(found.address()).isEqualTo("203.0.113.0/24");
    assertThat(found.behindEvents()).isEqualTo(3);
    assertThat(found.stalledMillis()).isEqualTo(3_000);
    assertThat(slowest.find().toCompletableFuture().join())
        .as("it is not looked for again within a second")
        .isEmpty();
  }

  @Test
  void aLoopThatCanNotBeAskedCostsItsOwnConnectionsAlone() throws Exception {
    setWritable(false);
    wire.publish("a");
    Executor dead =
        task -> {
          throw new RejectedExecutionException();
        };
    Executor stuck = task -> {};
    SlowestConnections slowest =
        new SlowestConnections(
            Map.of(dead, wire.loop, stuck, wire.loop, loop, wire.loop),
            () -> 0,
            wire.supervisor.failures());
    assertThat(slowest.find().toCompletableFuture().get(20, TimeUnit.SECONDS)).hasSize(1);
    assertThat(wire.supervisor.failures().count(Place.WALK)).isEqualTo(1);
  }

  @Test
  void whoIsGoneCountsNoMore() throws Exception {
    wire.publish("a");
    setWritable(false);
    wire.publish("b");
    wire.channel.close();
    wire.settle();
    statistics.tick();
    assertThat(statistics.stalled()).isZero();
    assertThat(statistics.behindEvents()).isZero();
    assertThat(statistics.unconfirmed()).isZero();
    assertThat(statistics.unconfirmedEvents()).isZero();
  }
}
