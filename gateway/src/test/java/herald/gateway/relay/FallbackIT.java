package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three instances that read the database's notifications while engine or relays are away. */
class FallbackIT {
  private static final int INSTANCES = 3;
  private static final int EVENTS = 20;
  private static final long PATIENCE_SECONDS = 60;
  private static final String ACTIVE = "herald_stream_fallback";

  private final List<TestGateway> gateways = new ArrayList<>();
  private final List<TestClient> clients = new ArrayList<>();
  private final List<String> written = new ArrayList<>();

  @Test
  void whileTheStreamIsAwayEventsComeFromTheDatabaseEachOnceAndInOrder() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    WalletKey key = WalletKey.random(new SecureRandom());
    PlatformUser user = community.createUser("user", key.wallet());
    PlatformUser friend =
        community.createUser("friend", WalletKey.random(new SecureRandom()).wallet());
    String chat = platform.createChat(user, friend).subjectId();
    try (NatsServer nats = NatsServer.start();
        LocalRelay relay = LocalRelay.start(database.url(), nats.url())) {
      GatewayConfig config =
          TestGateway.config(database.url()).toBuilder().stream(
                  nats.settings()
                      .withTimeout(Duration.ofMillis(1_500))
                      .withFallbackAfter(Duration.ofMillis(500)))
              .build();
      for (int i = 0; i < INSTANCES; i++) {
        gateways.add(TestGateway.start(config));
        clients.add(TestClient.connect(gateways.get(i).port(), key));
      }
      write(platform, friend, chat);
      awaitAll();

      nats.kill();
      write(platform, friend, chat);
      awaitAll();
      awaitActive(1);
      for (TestGateway gateway : gateways) {
        gateway.awaitReady();
      }
      write(platform, friend, chat);
      nats.restart();
      write(platform, friend, chat);
      awaitActive(0);
      write(platform, friend, chat);
      awaitAll();

      nats.kill();
      awaitActive(1);
      write(platform, friend, chat);
      nats.restartEmpty();
      write(platform, friend, chat);
      awaitActive(0);
      relay.awaitReady();
      write(platform, friend, chat);
      awaitAll();

      relay.kill();
      awaitActive(1);
      write(platform, friend, chat);
      try (LocalRelay again = LocalRelay.start(database.url(), nats.url())) {
        write(platform, friend, chat);
        awaitActive(0);
        again.awaitActive(true);
        write(platform, friend, chat);
        awaitAll();
      }

      for (TestClient client : clients) {
        assertThat(client.messageIds()).isEqualTo(written);
        assertThat(client.received()).noneMatch(message -> message.contains("gateway.gap"));
      }
      for (TestGateway gateway : gateways) {
        assertThat(gateway.metric("herald_stream_fallbacks_total")).isEqualTo(3);
        assertThat(gateway.metric("herald_stream_fallback_repeated_total")).isPositive();
        assertThat(gateway.metric("herald_stream_gaps_total")).isZero();
        assertThat(gateway.gateway().scrape()).doesNotContain("herald_listener_ready");
      }
    } finally {
      for (TestClient client : clients) {
        client.close();
      }
      gateways.forEach(TestGateway::close);
    }
  }

  private void write(Platform platform, PlatformUser friend, String chat) throws Exception {
    for (int i = 0; i < EVENTS; i++) {
      written.add(platform.message(friend, chat, "message " + written.size()).subjectId());
    }
  }

  private void awaitAll() throws InterruptedException {
    for (TestClient client : clients) {
      client.awaitMessage(written.get(written.size() - 1));
    }
  }

  private void awaitActive(int is) throws InterruptedException {
    Eventually.holds(
        "the database is read by all instances: " + is,
        PATIENCE_SECONDS,
        () -> gateways.stream().allMatch(gateway -> gateway.metric(ACTIVE) == is));
  }
}
