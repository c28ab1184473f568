package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.EventLogSettings;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.ReplicatedDatabase;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows are read from a hot standby, which lags, does not answer, or is gone. */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class StandbyReplicaIT {
  private static ReplicatedDatabase database;

  private final WalletKey key = WalletKey.random(new SecureRandom());
  private final List<String> written = new ArrayList<>();
  private TcpProxy toStandby;
  private Platform platform;
  private PlatformUser alice;
  private String chat;

  @BeforeAll
  static void startServers() throws Exception {
    database = ReplicatedDatabase.start();
  }

  @AfterAll
  static void stopServers() throws Exception {
    database.close();
  }

  @BeforeEach
  void start() throws Exception {
    toStandby = new TcpProxy(database.standby().port());
    Community community = new Community(database.primary().dataSource());
    platform = new Platform(database.primary().dataSource());
    alice = community.createUser("alice", WalletKey.random(new SecureRandom()).wallet());
    PlatformUser bob = community.createUser("bob", key.wallet());
    chat = platform.createChat(alice, bob).subjectId();
    database.awaitReplay();
  }

  @AfterEach
  void stop() throws Exception {
    toStandby.close();
  }

  private GatewayConfig config() {
    GatewayConfig config = TestGateway.config(database.primary().url());
    EventLogSettings log = config.eventLog();
    // Whoever waited for the replica to the end would wait for longer than the test does.
    FeedSettings feed =
        config.feed().toBuilder()
            .connectTimeout(Duration.ofMinutes(1))
            .queryTimeout(Duration.ofMinutes(1))
            .build();
    return config.toBuilder()
        .databases(config.listenDatabase(), DatabaseUrl.parse(database.urlAt(toStandby.port())))
        .feed(feed)
        // Nothing of what was before the gateway is in its memory.
        .eventLog(log.toBuilder().replay(Duration.ZERO).build())
        .build();
  }

  private void write() throws SQLException {
    written.add(platform.message(alice, chat, "message " + written.size()).subjectId());
  }

  private void awaitAll(TestClient atBob) throws InterruptedException {
    atBob.awaitMessage(written.get(written.size() - 1));
    assertThat(atBob.messageIds()).isEqualTo(written);
  }

  @Test
  void aReplicaThatIsGoneCostsPatienceAndNoEvent() throws Exception {
    try (TestGateway gateway = TestGateway.start(config());
        TestClient atBob = TestClient.connect(gateway.port(), key)) {
      write();
      awaitAll(atBob);
      database.standby().stopHard();
      for (int i = 0; i < 5; i++) {
        write();
        awaitAll(atBob);
      }
      assertThat(gateway.readingMetric("herald_replica_failures_total")).isPositive();
      database.standby().restart();
      write();
      awaitAll(atBob);
      assertThat(gateway.gateway().isReady()).isTrue();
    }
  }

  @Test
  void aReplicaThatDoesNotAnswerCostsPatienceAndNoEvent() throws Exception {
    try (TestGateway gateway = TestGateway.start(config());
        TestClient atBob = TestClient.connect(gateway.port(), key)) {
      write();
      awaitAll(atBob);
      toStandby.mute();
      for (int i = 0; i < 5; i++) {
        write();
        awaitAll(atBob);
      }
      assertThat(gateway.readingMetric("herald_replica_failures_total")).isPositive();
      toStandby.unmute();
      write();
      awaitAll(atBob);
      assertThat(gateway.gateway().isReady()).isTrue();
    }
  }

  @Test
  void aReplicaThatLagsCostsNoEventOfAReplay() throws Exception {
    database.pauseReplay();
    try {
      Instant begin = Instant.now();
      for (int i = 0; i < 5; i++) {
        write();
      }
      try (TestGateway gateway = TestGateway.start(config());
          TestClient atBob =
              TestClient.connect(gateway.port(), key, Map.of("after", begin.toString()))) {
        awaitAll(atBob);
        write();
        awaitAll(atBob);
        assertThat(gateway.metric("herald_gaps_total{source=\"database\"}")).isZero();
      }
    } finally {
      database.resumeReplay();
    }
  }

  /** It may lag, and would be taken for all that there is. */
  @Test
  void aCatchUpRefusesAStandby() throws Exception {
    AtomicInteger evictions = new AtomicInteger();
    PrimaryGuard guard = new PrimaryGuard(() -> null, evictions::incrementAndGet);
    CatchUp catchUp =
        new CatchUp(
            database.standby().dataSource(), guard, 86_400_000, 120_000, 10_000, (sig, xid) -> {});
    List<String> found = new ArrayList<>();
    assertThatThrownBy(() -> catchUp.readLast(120_000, found::addAll))
        .hasMessageContaining("standby")
        .matches(DatabaseRetry::isOfConnection);
    assertThat(found).isEmpty();
    assertThat(evictions).hasValue(1);
  }
}
