package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.EventLogSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import herald.gateway.deploy.Tool;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Instances that read the stream, and what the engine and the relays do to them. */
@SuppressWarnings("NullAway.Init") // set by start
class StreamFeedIT {
  private static final long PATIENCE_SECONDS = 60;

  private SharedDatabase database;
  private NatsServer nats;
  private TestRelay relay;
  private WalletKey key;
  private int user;

  @BeforeEach
  void start() throws Exception {
    nats = NatsServer.start();
    nats.createStream();
    relay = new TestRelay(nats);
    database = SharedDatabase.fresh();
    key = WalletKey.random(new SecureRandom());
    user = new Community(database.dataSource()).createUser("user", key.wallet()).userId();
  }

  @AfterEach
  void stop() throws Exception {
    relay.close();
    nats.close();
  }

  private GatewayConfig config() {
    return TestGateway.config(database.url()).toBuilder().stream(
            nats.settings().withTimeout(Duration.ofMillis(1_500)))
        .connections(
            ConnectionSettings.builder().acknowledgeInterval(Duration.ofSeconds(1)).build())
        .build();
  }

  private void events(String prefix, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      relay.event(prefix + i, user);
    }
  }

  private static List<String> names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  private static void awaitReason(TestGateway gateway, String text) throws InterruptedException {
    Eventually.holds(
        "the reason is " + text,
        PATIENCE_SECONDS,
        () -> String.valueOf(gateway.gateway().notReadyReason()).contains(text));
  }

  @Test
  void eventsArriveInTheirOrderAndNothingListensToTheDatabase() throws Exception {
    try (TestGateway gateway = TestGateway.start(config());
        TestClient client = TestClient.connect(gateway.port(), key)) {
      events("m", 500);
      client.awaitMessage("m499\"");
      assertThat(client.messageIds()).isEqualTo(names("m", 500));
      assertThat(gateway.metric("herald_stream_events_total")).isEqualTo(500);
      assertThat(gateway.metric("herald_listener_connects_total")).isZero();
      assertThat(
              database.query("select count(*) from pg_stat_activity where query ilike 'listen%'"))
          .isEqualTo("0");
    }
  }

  @Test
  void aFreshInstanceHasWhatWasPublishedBeforeItStarted() throws Exception {
    events("before", 50);
    try (TestGateway gateway = TestGateway.start(config())) {
      assertThat(gateway.metric("herald_log_events")).isEqualTo(50);
    }
  }

  /** A relay that reads very much writes its next mark behind all of that. */
  @Test
  void eventsWithoutMarksSayThatARelayIsThere() throws Exception {
    try (TestGateway gateway = TestGateway.start(config());
        TestClient client = TestClient.connect(gateway.port(), key)) {
      relay.silent(true);
      AtomicInteger written = new AtomicInteger();
      Eventually.holds(
          "it is ready, and the last mark is older than may be",
          PATIENCE_SECONDS,
          () -> {
            String name = "e" + written.incrementAndGet() + ".";
            try {
              relay.event(name, user);
            } catch (IOException e) {
              throw new AssertionError(e);
            }
            client.awaitMessage(name);
            return gateway.metric("herald_stream_mark_age_seconds") > 2
                && gateway.gateway().isReady();
          });
    }
  }

  @Test
  void whileTheEngineIsFrozenClientsStayAndNothingIsMissingAfterwards() throws Exception {
    try (TestGateway gateway = TestGateway.start(config());
        TestClient client = TestClient.connect(gateway.port(), key)) {
      events("a", 10);
      client.awaitMessage("a9\"");
      nats.freeze();
      awaitReason(gateway, "the stream engine");
      nats.thaw();
      gateway.awaitReady();
      events("b", 10);
      client.awaitMessage("b9\"");
      assertThat(client.messageIds()).containsSubsequence(names("b", 10));
      assertThat(client.messageIds()).hasSize(20);
      assertThat(gateway.metric("herald_stream_gaps_total")).isZero();
    }
  }

  @Test
  void whileTheEngineIsGoneClientsStayAndNothingIsMissingAfterwards() throws Exception {
    try (TestGateway gateway = TestGateway.start(config());
        TestClient client = TestClient.connect(gateway.port(), key)) {
      events("a", 10);
      client.awaitMessage("a9\"");
      nats.kill();
      awaitReason(gateway, "the stream engine is not connected");
      assertThat(client.isOpen()).isTrue();
      nats.restart();
      events("b", 10);
      client.awaitMessage("b9\"");
      assertThat(client.messageIds()).hasSize(20);
      gateway.awaitReady();
      assertThat(gateway.metric("herald_stream_gaps_total")).isZero();
    }
  }

  @Test
  void aStreamThatWasEmptiedIsAGapThatEverybodyIsToldOf() throws Exception {
    try (TestGateway gateway = TestGateway.start(config());
        TestClient client = TestClient.connect(gateway.port(), key)) {
      events("a", 10);
      client.awaitMessage("a9\"");
      nats.restartEmpty();
      awaitReason(gateway, "the stream herald does not exist");
      nats.createStream();
      client.awaitMessage("gateway.gap");
      assertThat(gateway.metric("herald_stream_gaps_total")).isEqualTo(1);
      gateway.awaitReady();
      events("b", 10);
      client.awaitMessage("b9\"");
      assertThat(client.messageIds()).hasSize(20);
    }
  }

  @Test
  void messagesThatLeftTheStreamUnreadAreAGap() throws Exception {
    try (TcpProxy link = new TcpProxy(nats.port());
        TestGateway gateway =
            TestGateway.start(
                config().toBuilder().stream(StreamSettings.of("nats://127.0.0.1:" + link.port()))
                    .build());
        TestClient client = TestClient.connect(gateway.port(), key)) {
      events("a", 10);
      client.awaitMessage("a9\"");
      link.retarget(Tool.freePort());
      link.cut();
      awaitReason(gateway, "the stream engine is not connected");
      events("lost", 10);
      nats.purge();
      link.retarget(nats.port());
      client.awaitMessage("gateway.gap");
      assertThat(gateway.metric("herald_stream_gaps_total")).isEqualTo(1);
    }
  }

  /** The engine does not say that a message between others is gone: it passes over it. */
  @Test
  void aMessageThatWasDeletedUnreadIsAGapAndTheRestIsRead() throws Exception {
    try (TcpProxy link = new TcpProxy(nats.port());
        TestGateway gateway =
            TestGateway.start(
                config().toBuilder().stream(StreamSettings.of("nats://127.0.0.1:" + link.port()))
                    .build());
        TestClient client = TestClient.connect(gateway.port(), key)) {
      events("a", 10);
      client.awaitMessage("a9\"");
      link.retarget(Tool.freePort());
      link.cut();
      awaitReason(gateway, "the stream engine is not connected");
      relay.silent(true);
      events("b", 3);
      events("lost", 1);
      events("c", 1);
      nats.deleteTheLastButOne();
      relay.silent(false);
      link.retarget(nats.port());
      client.awaitMessage("gateway.gap");
      client.awaitMessage("c0\"");
      gateway.awaitReady();
      events("d", 3);
      client.awaitMessage("d2\"");
      assertThat(client.messageIds()).hasSize(17);
      assertThat(gateway.metric("herald_stream_gaps_total")).isEqualTo(1);
    }
  }

  @Test
  void withoutARelayAnInstanceSaysSo() throws Exception {
    try (TestGateway gateway = TestGateway.start(config());
        TestClient client = TestClient.connect(gateway.port(), key)) {
      relay.silent(true);
      awaitReason(gateway, "no relay has published for");
      events("a", 3);
      client.awaitMessage("a2\"");
      relay.silent(false);
      gateway.awaitReady();
    }
  }

  @Test
  void aDeviceThatComesToAnotherInstanceIsComplete() throws Exception {
    GatewayConfig config =
        config().toBuilder()
            .eventLog(EventLogSettings.builder().replay(Duration.ZERO).build())
            .build();
    try (TestGateway first = TestGateway.start(config);
        TestGateway second = TestGateway.start(config)) {
      awaitPeers(first);
      awaitPeers(second);
      TestClient before = TestClient.connectWithCookie(first.port(), key, "");
      awaitHello(before);
      Eventually.holds(
          "the other instance knows of it",
          PATIENCE_SECONDS,
          () -> second.metric("herald_exchange_positions") > 0);
      String cookie = before.cookie();
      before.close();
      events("away", 5);
      try (TestGateway third = TestGateway.start(config)) {
        Eventually.holds(
            "a fresh instance knows of it, too",
            PATIENCE_SECONDS,
            () -> third.metric("herald_exchange_positions") > 0);
        try (TestClient after = TestClient.connectWithCookie(third.port(), key, cookie)) {
          after.awaitMessage("away4\"");
          assertThat(after.messageIds()).containsSubsequence(names("away", 5));
          assertThat(third.metric("herald_database_replays_total{outcome=\"read\"}")).isZero();
        }
      }
    }
  }

  /** Without a replay time, what is published before the connection has its place is not its. */
  private void awaitHello(TestClient client) throws Exception {
    Eventually.holds(
        "the client gets something",
        PATIENCE_SECONDS,
        () -> {
          try {
            relay.event("hello", user);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          return client.messageIds().contains("hello");
        });
  }

  private static void awaitPeers(TestGateway gateway) throws InterruptedException {
    Eventually.holds(
        "the other instance is known",
        PATIENCE_SECONDS,
        () ->
            gateway.metric("herald_exchange_instances") == 1
                && gateway.metric("herald_exchange_complete") == 1);
  }
}
