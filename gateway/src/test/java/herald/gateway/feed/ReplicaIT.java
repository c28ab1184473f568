package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.DatabaseCopy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A replica that lags: a second database that gets the rows of the first when the test says so. */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class ReplicaIT {
  private final WalletKey key = WalletKey.random(new SecureRandom());
  private SharedDatabase primary;
  private SharedDatabase replica;
  private Platform platform;
  private PlatformUser alice;
  private String chat;

  @BeforeEach
  void start() throws Exception {
    primary = SharedDatabase.fresh();
    replica = SharedDatabase.fresh();
    Community community = new Community(primary.dataSource());
    platform = new Platform(primary.dataSource());
    alice = community.createUser("alice", "0xa");
    PlatformUser bob = community.createUser("bob", key.wallet());
    chat = platform.createChat(alice, bob).subjectId();
    replicate();
  }

  private void replicate() throws Exception {
    DatabaseCopy.copy(primary.dataSource(), replica.dataSource());
  }

  private TestGateway gateway(int patienceMillis) throws Exception {
    GatewayConfig config = TestGateway.config(primary.url());
    FeedSettings feed = config.feed();
    return TestGateway.start(
        config.toBuilder()
            .databases(config.listenDatabase(), DatabaseUrl.parse(replica.url()))
            .feed(feed.toBuilder().replicaPatience(Duration.ofMillis(patienceMillis)).build())
            .build());
  }

  @Test
  void aReplicaThatLagsIsWaitedFor() throws Exception {
    // The primary would be asked only when this test has long failed.
    try (TestGateway gateway = gateway(600_000);
        TestClient client = TestClient.connect(gateway.port(), key)) {
      String first = platform.message(alice, chat, "first").subjectId();
      String second = platform.message(alice, chat, "second").subjectId();
      Eventually.holds(
          "both are notified",
          10,
          () -> gateway.readingMetric("herald_feed_notifications_total") == 2);
      assertThat(client.received()).isEmpty();
      replicate();
      client.awaitMessages(2);
      assertThat(client.messageIds()).containsExactly(first, second);
    }
  }

  @Test
  void aReplicaThatDoesNotComeIsBypassed() throws Exception {
    try (TestGateway gateway = gateway(300);
        TestClient client = TestClient.connect(gateway.port(), key)) {
      String first = platform.message(alice, chat, "first").subjectId();
      client.awaitMessage(first);
      String second = platform.message(alice, chat, "second").subjectId();
      client.awaitMessage(second);
      assertThat(client.messageIds()).containsExactly(first, second);
    }
  }
}
