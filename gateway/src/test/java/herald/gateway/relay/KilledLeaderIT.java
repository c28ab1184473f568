package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import herald.gateway.testing.NatsCluster;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Three servers keep the stream, and the one that leads it is killed. It takes long, so it is run
 * with the profile of the faults.
 */
@EnabledIfSystemProperty(named = "herald.faults.full", matches = "true")
class KilledLeaderIT {
  private static final String[] REPLICATED = {"--create-stream", "--stream-replicas", "3"};
  private static final int COUNT = 40;

  private final SharedDatabase database = SharedDatabase.fresh();
  private final WalletKey key = WalletKey.random(new SecureRandom());
  private final Platform platform = new Platform(database.dataSource());
  private final PlatformUser alice;
  private final String chat;
  private final List<String> written = new ArrayList<>();

  KilledLeaderIT() throws Exception {
    Community community = new Community(database.dataSource());
    alice = community.createUser("alice", "0xa");
    chat = platform.createChat(alice, community.createUser("bob", key.wallet())).subjectId();
  }

  private String write() throws SQLException {
    for (int i = 0; i < COUNT; i++) {
      written.add(platform.message(alice, chat, "message " + i).subjectId());
    }
    return written.get(written.size() - 1);
  }

  @Test
  void eventsGoOnInOrderAndClientsStay() throws Exception {
    try (NatsCluster cluster = NatsCluster.start();
        RunningRelay one = RunningRelay.start(database.url(), cluster.url(), REPLICATED);
        RunningRelay two = RunningRelay.start(database.url(), cluster.url(), REPLICATED)) {
      one.awaitReady();
      two.awaitReady();
      GatewayConfig config =
          TestGateway.config(database.url()).toBuilder().stream(StreamSettings.of(cluster.url()))
              .build();
      try (TestGateway gateway = TestGateway.start(config);
          TestClient client = TestClient.connect(gateway.port(), key)) {
        client.awaitMessage(write());
        NatsServer first = cluster.awaitLeader();
        first.kill();
        client.awaitMessage(write());
        first.restart();
        cluster.awaitLeader().kill();
        client.awaitMessage(write());
        gateway.awaitReady();
        one.awaitReady();
        two.awaitReady();
        assertThat(client.isOpen()).isTrue();
        assertThat(client.messageIds()).isEqualTo(written);
        assertThat(gateway.metric("herald_stream_gaps_total")).isZero();
      }
    }
  }
}
