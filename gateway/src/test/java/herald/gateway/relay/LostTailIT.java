package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A single server that has acknowledged messages and loses its power before its disk has them comes
 * back with an earlier end: relays publish again what was lost, and devices have all of it, once.
 */
@SuppressWarnings("NullAway.Init") // set by start
class LostTailIT {
  private static final long SECONDS = 60;

  private RelayFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new RelayFixture();
  }

  @AfterEach
  void stop() throws Exception {
    if (fixture != null) {
      fixture.close();
    }
  }

  private void assertHasAllOnceAndInOrder(TestClient client) throws InterruptedException {
    client.awaitMessage(fixture.written.get(fixture.written.size() - 1));
    assertThat(client.messageIds()).isEqualTo(fixture.written);
    assertThat(client.received()).noneMatch(text -> text.contains("gateway.gap"));
  }

  /** Loses all that is written by this, though it has been acknowledged. */
  private void loseTheTail() throws IOException, InterruptedException {
    fixture.nats.restartWithSavedStore();
    fixture.contents.forget();
  }

  @Test
  void whatIsLostIsPublishedAgainAndDevicesThatHadItGetItNoSecondTime() throws Exception {
    try (LocalRelay one = fixture.relay();
        LocalRelay two = fixture.relay();
        TestGateway gateway = TestGateway.start(fixture.instanceAt(fixture.nats.url()));
        TestClient atBob = TestClient.connect(gateway.port(), fixture.bobsKey)) {
      fixture.write(20);
      fixture.assertAllStandOnceAndInOrder();
      fixture.nats.saveStore();
      one.awaitReady();
      two.awaitReady();
      fixture.write(20);
      fixture.assertAllStandOnceAndInOrder();
      assertHasAllOnceAndInOrder(atBob);
      one.awaitNothingQueued();
      two.awaitNothingQueued();

      loseTheTail();
      fixture.assertAllStandOnceAndInOrder();
      one.awaitReady();
      two.awaitReady();
      fixture.write(20);
      fixture.assertAllStandOnceAndInOrder();
      assertHasAllOnceAndInOrder(atBob);
      assertThat(one.metric("herald_relay_stream_rewound_total")).isPositive();
      assertThat(two.metric("herald_relay_stream_rewound_total")).isPositive();
      assertThat(gateway.metric("herald_stream_rewound_total")).isPositive();
      assertThat(gateway.metric("herald_stream_rewound_repeated_total")).isPositive();
      assertThat(gateway.metric("herald_stream_gaps_total")).isZero();
    }
  }

  @Test
  void anInstanceThatWasCutOffBeforeGetsWhatWasLost() throws Exception {
    try (TcpProxy proxy = new TcpProxy(fixture.nats.port());
        LocalRelay one = fixture.relay();
        TestGateway gateway =
            TestGateway.start(fixture.instanceAt("nats://127.0.0.1:" + proxy.port()));
        TestClient atBob = TestClient.connect(gateway.port(), fixture.bobsKey)) {
      fixture.write(20);
      assertHasAllOnceAndInOrder(atBob);
      fixture.nats.saveStore();
      one.awaitReady();
      proxy.mute();
      fixture.write(20);
      fixture.assertAllStandOnceAndInOrder();
      one.awaitNothingQueued();

      loseTheTail();
      one.awaitReady();
      proxy.unmute();
      fixture.write(20);
      assertHasAllOnceAndInOrder(atBob);
      assertThat(gateway.metric("herald_stream_gaps_total")).isZero();
    }
  }

  /** The sequences that the instance and the relay have read stand for other messages by then. */
  @Test
  void aTailThatHasGrownAgainMeanwhileIsNotTakenForTheOneThatWasLost() throws Exception {
    try (TcpProxy proxy = new TcpProxy(fixture.nats.port());
        LocalRelay one = fixture.relay();
        LocalRelay cutOff =
            LocalRelay.start(fixture.database.url(), "nats://127.0.0.1:" + proxy.port());
        TestGateway gateway =
            TestGateway.start(fixture.instanceAt("nats://127.0.0.1:" + proxy.port()));
        TestClient atBob = TestClient.connect(gateway.port(), fixture.bobsKey)) {
      fixture.write(20);
      fixture.assertAllStandOnceAndInOrder();
      fixture.nats.saveStore();
      one.awaitReady();
      cutOff.awaitReady();
      fixture.write(20);
      fixture.assertAllStandOnceAndInOrder();
      assertHasAllOnceAndInOrder(atBob);
      proxy.mute();
      fixture.write(1);
      fixture.assertAllStandOnceAndInOrder();
      long end = fixture.nats.lastSequence();

      loseTheTail();
      fixture.write(20);
      fixture.assertAllStandOnceAndInOrder();
      Eventually.holds(
          "the stream is longer than before", SECONDS, () -> fixture.contents.readUntil() > end);
      proxy.unmute();
      cutOff.awaitReady();
      assertHasAllOnceAndInOrder(atBob);
      one.kill();
      fixture.write(20);
      fixture.assertAllStandOnceAndInOrder();
      assertHasAllOnceAndInOrder(atBob);
      // On a busy machine it may look so more than once, which costs another reading.
      assertThat(cutOff.metric("herald_relay_stream_rewound_total")).isPositive();
      assertThat(gateway.metric("herald_stream_rewound_total")).isPositive();
      assertThat(gateway.metric("herald_stream_gaps_total")).isZero();
    }
  }
}
