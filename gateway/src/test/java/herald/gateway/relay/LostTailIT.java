package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
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

  private final WalletKey bobsKey = WalletKey.random(new SecureRandom());
  private final List<String> written = new ArrayList<>();
  private NatsServer nats;
  private SharedDatabase database;
  private Platform platform;
  private PlatformUser alice;
  private String chat;
  private StreamContents contents;

  @BeforeEach
  void start() throws Exception {
    nats = NatsServer.start();
    database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    chat = platform.createChat(alice, community.createUser("bob", bobsKey.wallet())).subjectId();
    contents = new StreamContents(nats.url());
  }

  @AfterEach
  void stop() throws Exception {
    if (nats != null) {
      nats.close();
    }
    if (contents != null) {
      contents.close();
    }
  }

  private LocalRelay relay() throws Exception {
    return LocalRelay.start(database.url(), nats.url());
  }

  private GatewayConfig instanceAt(String url) {
    return TestGateway.config(database.url()).toBuilder().stream(StreamSettings.of(url)).build();
  }

  private void write(int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      written.add(platform.message(alice, chat, "message " + i).subjectId());
    }
  }

  private void assertAllStandOnceAndInOrder() throws InterruptedException {
    assertThat(contents.await(written)).isEqualTo(written);
  }

  private void assertHasAllOnceAndInOrder(TestClient client) throws InterruptedException {
    client.awaitMessage(written.get(written.size() - 1));
    assertThat(client.messageIds()).isEqualTo(written);
    assertThat(client.received()).noneMatch(text -> text.contains("gateway.gap"));
  }

  /** Loses all that is written by this, though it has been acknowledged. */
  private void loseTheTail() throws IOException, InterruptedException {
    nats.restartWithSavedStore();
    contents.forget();
  }

  @Test
  void whatIsLostIsPublishedAgainAndDevicesThatHadItGetItNoSecondTime() throws Exception {
    try (LocalRelay one = relay();
        LocalRelay two = relay();
        TestGateway gateway = TestGateway.start(instanceAt(nats.url()));
        TestClient atBob = TestClient.connect(gateway.port(), bobsKey)) {
      write(20);
      assertAllStandOnceAndInOrder();
      nats.saveStore();
      one.awaitReady();
      two.awaitReady();
      write(20);
      assertAllStandOnceAndInOrder();
      assertHasAllOnceAndInOrder(atBob);
      one.awaitNothingQueued();
      two.awaitNothingQueued();

      loseTheTail();
      assertAllStandOnceAndInOrder();
      one.awaitReady();
      two.awaitReady();
      write(20);
      assertAllStandOnceAndInOrder();
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
    try (TcpProxy proxy = new TcpProxy(nats.port());
        LocalRelay one = relay();
        TestGateway gateway = TestGateway.start(instanceAt("nats://127.0.0.1:" + proxy.port()));
        TestClient atBob = TestClient.connect(gateway.port(), bobsKey)) {
      write(20);
      assertHasAllOnceAndInOrder(atBob);
      nats.saveStore();
      one.awaitReady();
      proxy.mute();
      write(20);
      assertAllStandOnceAndInOrder();
      one.awaitNothingQueued();

      loseTheTail();
      one.awaitReady();
      proxy.unmute();
      write(20);
      assertHasAllOnceAndInOrder(atBob);
      assertThat(gateway.metric("herald_stream_gaps_total")).isZero();
    }
  }

  /** The sequences that the instance and the relay have read stand for other messages by then. */
  @Test
  void aTailThatHasGrownAgainMeanwhileIsNotTakenForTheOneThatWasLost() throws Exception {
    try (TcpProxy proxy = new TcpProxy(nats.port());
        LocalRelay one = relay();
        LocalRelay cutOff = LocalRelay.start(database.url(), "nats://127.0.0.1:" + proxy.port());
        TestGateway gateway = TestGateway.start(instanceAt("nats://127.0.0.1:" + proxy.port()));
        TestClient atBob = TestClient.connect(gateway.port(), bobsKey)) {
      write(20);
      assertAllStandOnceAndInOrder();
      nats.saveStore();
      one.awaitReady();
      cutOff.awaitReady();
      write(20);
      assertAllStandOnceAndInOrder();
      assertHasAllOnceAndInOrder(atBob);
      proxy.mute();
      write(1);
      assertAllStandOnceAndInOrder();
      long end = nats.lastSequence();

      loseTheTail();
      write(20);
      assertAllStandOnceAndInOrder();
      Eventually.holds(
          "the stream is longer than before", SECONDS, () -> contents.readUntil() > end);
      proxy.unmute();
      cutOff.awaitReady();
      assertHasAllOnceAndInOrder(atBob);
      one.kill();
      write(20);
      assertAllStandOnceAndInOrder();
      assertHasAllOnceAndInOrder(atBob);
      // On a busy machine it may look so more than once, which costs another reading.
      assertThat(cutOff.metric("herald_relay_stream_rewound_total")).isPositive();
      assertThat(gateway.metric("herald_stream_rewound_total")).isPositive();
      assertThat(gateway.metric("herald_stream_gaps_total")).isZero();
    }
  }
}
