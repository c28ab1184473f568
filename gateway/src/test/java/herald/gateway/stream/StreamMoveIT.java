package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.EventLogSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.RelaySettings;
import herald.gateway.config.StreamSettings;
import herald.gateway.relay.RelayProcess;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Devices that come from instances that listen to the database to those that read the stream, and
 * back, as docs/stream.md says.
 */
@SuppressWarnings("NullAway.Init") // set by start
class StreamMoveIT {
  private static final long PATIENCE_SECONDS = 60;
  private static final Duration LONG_REPLAY = Duration.ofMinutes(5);

  private final WalletKey key = WalletKey.random(new SecureRandom());
  private final List<String> away = new ArrayList<>();
  private NatsServer nats;
  private StreamSettings stream;
  private SharedDatabase database;
  private Platform platform;
  private PlatformUser alice;
  private String chat;
  private RelayProcess relay;

  @BeforeEach
  void start() throws Exception {
    nats = NatsServer.start();
    stream = nats.settings();
    database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    chat = platform.createChat(alice, community.createUser("bob", key.wallet())).subjectId();
    RelaySettings usual = RelaySettings.defaults();
    RelaySettings settings =
        new RelaySettings(
            usual.patience(),
            usual.queueEvents(),
            usual.queueBytes(),
            true,
            1,
            usual.maxAge(),
            usual.maxBytes());
    relay =
        new RelayProcess(
            TestGateway.config(database.url()).toBuilder().stream(stream).build(),
            stream,
            settings);
    relay.start();
    Eventually.holds("the relay is ready", PATIENCE_SECONDS, () -> relay.notReadyReason() == null);
  }

  @AfterEach
  void stop() throws Exception {
    if (relay != null) {
      relay.close();
    }
    if (nats != null) {
      nats.close();
    }
  }

  private GatewayConfig ofTheDatabase(Duration replay) {
    return TestGateway.config(database.url()).toBuilder()
        .eventLog(EventLogSettings.builder().replay(replay).build())
        .build();
  }

  private GatewayConfig ofTheStream(Duration replay) {
    return ofTheDatabase(replay).toBuilder().stream(stream).build();
  }

  /** Connects, gets a message, and goes away; more is written meanwhile. */
  private String cookieOfOneThatIsAway(TestGateway gateway, String name) throws Exception {
    String cookie;
    try (TestClient client = TestClient.connectWithCookie(gateway.port(), key, "")) {
      String first = name + " 0";
      platform.message(alice, chat, first);
      client.awaitMessage(first);
      cookie = client.cookie();
    }
    away.clear();
    for (int i = 1; i <= 5; i++) {
      away.add(platform.message(alice, chat, name + " " + i).subjectId());
    }
    return cookie;
  }

  @Test
  void withALongReplayADeviceIsCompleteOnTheWayThereAndBack() throws Exception {
    String cookie;
    try (TestGateway before =
            TestGateway.start(ofTheDatabase(EventLogSettings.defaults().replay()));
        TestGateway after = TestGateway.start(ofTheStream(LONG_REPLAY))) {
      cookie = cookieOfOneThatIsAway(before, "there");
      try (TestClient client = TestClient.connectWithCookie(after.port(), key, cookie)) {
        client.awaitMessage("there 5");
        assertThat(client.messageIds()).containsSubsequence(away);
      }
      cookie = cookieOfOneThatIsAway(after, "back");
    }
    try (TestGateway again = TestGateway.start(ofTheDatabase(LONG_REPLAY));
        TestClient client = TestClient.connectWithCookie(again.port(), key, cookie)) {
      client.awaitMessage("back 5");
      assertThat(client.messageIds()).containsSubsequence(away);
    }
  }

  @Test
  void withoutItADeviceIsToldThatSomethingMayBeMissing() throws Exception {
    try (TestGateway before = TestGateway.start(ofTheDatabase(Duration.ZERO));
        TestGateway after = TestGateway.start(ofTheStream(Duration.ZERO))) {
      String cookie = cookieOfOneThatIsAway(before, "lost");
      Eventually.holds(
          "the other instance has read it",
          PATIENCE_SECONDS,
          () -> after.metric("herald_stream_events_total") >= 6);
      try (TestClient client = TestClient.connectWithCookie(after.port(), key, cookie)) {
        client.awaitMessage("gateway.gap");
        assertThat(client.messageIds()).doesNotContainAnyElementsOf(away);
      }
      assertThat(after.metric("herald_exchange_instances")).isZero();
    }
  }
}
