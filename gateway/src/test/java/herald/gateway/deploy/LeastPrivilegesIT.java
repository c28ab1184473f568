package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.check.DatabaseCheck;
import herald.gateway.check.Finding;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The gateway does all that it does with the role that {@code deploy/sql/grants.sql} makes. */
final class LeastPrivilegesIT {
  private final WalletKey key = WalletKey.random(new SecureRandom());
  private SharedDatabase database;
  private String url;

  @BeforeEach
  void makeTheRole() throws Exception {
    database = SharedDatabase.fresh();
    // A role belongs to the server, which other tests use too.
    database.execute("set herald.role = 'least'; " + DeployFiles.text("sql/grants.sql"));
    database.execute("alter role least password 'secret'");
    url = database.url("least", "secret");
  }

  @AfterEach
  void dropTheRole() throws SQLException {
    database.execute("drop owned by least; drop role least");
  }

  @Test
  void allThatTheGatewayDoes() throws Exception {
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    PlatformUser alice = community.createUser("alice", "0x1");
    PlatformUser bob = community.createUser("bob", key.wallet());
    community.follow(bob, alice);
    String chat = platform.createChat(alice, community.createUser("carol", "0x2")).subjectId();
    platform.message(alice, chat, "not for bob");

    try (TestGateway gateway = TestGateway.start(url)) {
      try (TestClient client = TestClient.connect(gateway.port(), key)) {
        platform.blast(alice, BlastAudience.of("follower_audience"), "a blast");
        client.awaitMessage("a blast");
        String own = platform.createChat(alice, bob).subjectId();
        platform.message(alice, own, "a message");
        client.awaitMessage("a message");
      }
      String before = Instant.now().minusSeconds(60).toString();
      try (TestClient client = TestClient.connect(gateway.port(), key, Map.of("after", before))) {
        client.awaitMessage("a message");
      }
      Eventually.holds("the public key is stored", 20, () -> countOfPublicKeys().equals("1"));
      assertThat(gateway.metric("herald_feed_errors_total")).isZero();
    }
  }

  private String countOfPublicKeys() {
    try {
      return database.query("select count(*) from user_pubkeys");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theCheckFindsNothingMissing() throws Exception {
    assertThat(new DatabaseCheck(DatabaseUrl.parse(url), 15_000, true).run())
        .noneMatch(finding -> finding.level() == Finding.Level.FAIL);
  }
}
