package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.CompletenessSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A transaction that stays open keeps the point where it is from which on a catch-up and a sweep
 * read: what they find then is mostly known.
 */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class OpenTransactionsIT {
  private final WalletKey key = WalletKey.random(new SecureRandom());
  private SharedDatabase database;
  private TcpProxy proxy;
  private Platform platform;
  private PlatformUser alice;
  private String chat;
  private String other;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    proxy = new TcpProxy(database.port());
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    PlatformUser bob = community.createUser("bob", key.wallet());
    chat = platform.createChat(alice, bob).subjectId();
    PlatformUser carol = community.createUser("carol", "0xc");
    other = platform.createChat(bob, alice, carol).subjectId();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private GatewayConfig config() {
    String url = database.url().replace(":" + database.port() + "/", ":" + proxy.port() + "/");
    return TestGateway.config(url).toBuilder()
        .completeness(
            CompletenessSettings.builder()
                .sweepInterval(Duration.ofMillis(500))
                .blastTimeout(Duration.ofSeconds(1))
                .build())
        .build();
  }

  private static void awaitSweeps(TestGateway gateway) throws InterruptedException {
    double before = gateway.readingMetric("herald_feed_sweeps_total");
    Eventually.holds(
        "the table is searched",
        30,
        () -> gateway.readingMetric("herald_feed_sweeps_total") >= before + 2);
  }

  /** They were committed, and pushed by whoever was there, before this gateway began. */
  @Test
  void rowsOfBeforeTheGatewayAreNoNewsThoughATransactionIsOpen() throws Exception {
    Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-5));
    List<String> written = new ArrayList<>();
    try (PlatformTransaction open = platform.begin()) {
      written.add(open.message(alice, other, "open all the time").subjectId());
      new Platform(database.dataSource(), clock).message(alice, chat, "five minutes ago");
      try (TestGateway gateway = TestGateway.start(config());
          TestClient atBob = TestClient.connect(gateway.port(), key)) {
        awaitSweeps(gateway);
        proxy.mute();
        Eventually.holds("the gateway notices", 15, () -> !gateway.gateway().isReady());
        proxy.unmute();
        gateway.awaitReady();
        open.commit();
        atBob.awaitMessage(written.get(0));
        written.add(platform.message(alice, chat, "after").subjectId());
        atBob.awaitMessage(written.get(1));
        assertThat(atBob.messageIds()).isEqualTo(written);
        assertThat(gateway.readingMetric("herald_feed_unannounced_total")).isZero();
      }
    }
  }
}
