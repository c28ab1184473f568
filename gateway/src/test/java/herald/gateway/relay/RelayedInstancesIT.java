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
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** From a commit over relays and the stream to a client. */
class RelayedInstancesIT {
  private static final Pattern ID = Pattern.compile(".*\"id\":\"([^\"]+)\"");
  private static final Pattern TIMESTAMP = Pattern.compile("\"timestamp\":\"([^\"]+)\"");

  @Test
  void whatIsCommittedArrivesInOrderAlsoWhenARelayIsKilled() throws Exception {
    try (NatsServer nats = NatsServer.start()) {
      SharedDatabase database = SharedDatabase.fresh();
      Community community = new Community(database.dataSource());
      Platform platform = new Platform(database.dataSource());
      WalletKey key = WalletKey.random(new SecureRandom());
      PlatformUser user = community.createUser("user", key.wallet());
      PlatformUser friend =
          community.createUser("friend", WalletKey.random(new SecureRandom()).wallet());
      String chat = platform.createChat(user, friend).subjectId();
      GatewayConfig config =
          TestGateway.config(database.url()).toBuilder().stream(nats.settings()).build();
      List<String> written = new ArrayList<>();
      try (RunningRelay first =
              RunningRelay.start(database.url(), nats.url(), "--create-stream").awaitReady();
          RunningRelay second = RunningRelay.start(database.url(), nats.url()).awaitReady();
          TestGateway gateway = TestGateway.start(config);
          TestClient client = TestClient.connect(gateway.port(), key)) {
        write(platform, friend, chat, 20, written);
        client.awaitMessage(written.get(19));
        (first.isActive() ? first : second).kill();
        write(platform, friend, chat, 20, written);
        client.awaitMessage(written.get(39));
        assertThat(client.messageIds()).isEqualTo(written);
        assertThat(gateway.metric("herald_listener_connects_total")).isZero();
        try (TestGateway fresh = TestGateway.start(config);
            TestClient after =
                TestClient.connect(
                    fresh.port(),
                    key,
                    Map.of("after", timestamp(client.awaitMessage(written.get(29)))))) {
          after.awaitMessage(written.get(39));
          assertThat(after.messageIds()).containsSubsequence(written.subList(30, 40));
        }
      }
    }
  }

  /**
   * An instance that has not read so far: the database gives what is behind the event that a client
   * names, and the stream, when it comes, brings none of it again.
   */
  @Test
  void anInstanceThatIsBehindTheStreamIsExact() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    WalletKey key = WalletKey.random(new SecureRandom());
    PlatformUser user = community.createUser("user", key.wallet());
    PlatformUser friend =
        community.createUser("friend", WalletKey.random(new SecureRandom()).wallet());
    String chat = platform.createChat(user, friend).subjectId();
    List<String> written = new ArrayList<>();
    try (NatsServer nats = NatsServer.start();
        LocalRelay relay = LocalRelay.start(database.url(), nats.url());
        TcpProxy line = new TcpProxy(nats.port());
        TestGateway ahead = TestGateway.start(reading(database, nats.port()));
        TestClient first = TestClient.connect(ahead.port(), key);
        TestGateway behind = TestGateway.start(reading(database, line.port()))) {
      assertThat(relay.isActive()).isTrue();
      write(platform, friend, chat, 1, written);
      Eventually.holds("both have the first", 60, () -> behind.metric("herald_log_events") == 1);
      line.mute();
      write(platform, friend, chat, 4, written);
      String named = id(first.awaitMessage(written.get(3)));
      first.awaitMessage(written.get(4));
      try (TestClient client = TestClient.connect(behind.port(), key, Map.of("after", named))) {
        client.awaitMessage(written.get(4));
        assertThat(behind.metric("herald_log_events")).as("it is behind").isEqualTo(1);
        line.unmute();
        write(platform, friend, chat, 1, written);
        client.awaitMessage(written.get(5));
        assertThat(client.messageIds()).isEqualTo(written.subList(4, 6));
      }
    }
  }

  /** One that waits for the stream for long, before it does without. */
  private static GatewayConfig reading(SharedDatabase database, int natsPort) {
    return TestGateway.config(database.url()).toBuilder().stream(
            StreamSettings.of("nats://127.0.0.1:" + natsPort).withTimeout(Duration.ofSeconds(60)))
        .build();
  }

  private static String id(String message) {
    Matcher matcher = ID.matcher(message);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static String timestamp(String message) {
    Matcher matcher = TIMESTAMP.matcher(message);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static void write(
      Platform platform, PlatformUser friend, String chat, int count, List<String> written)
      throws Exception {
    for (int i = 0; i < count; i++) {
      written.add(platform.message(friend, chat, "message " + i).subjectId());
    }
  }
}
