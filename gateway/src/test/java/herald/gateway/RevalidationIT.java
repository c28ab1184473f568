package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.client.WebSocketClient;
import herald.demo.client.WebSocketClient.RefusedException;
import herald.demo.platform.Community;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.config.RevalidationSettings;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may not be here any more goes, and does not come back; and whose URL was used, neither. */
@BothFeeds
class RevalidationIT {
  private static final String PATH = "/comms/chats/ws";

  private SharedDatabase database;
  private Community community;
  private final List<WalletKey> keys = new ArrayList<>();
  private final List<PlatformUser> users = new ArrayList<>();

  @BeforeEach
  void createUsers() throws Exception {
    database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 5; i++) {
      keys.add(WalletKey.random(random));
      users.add(community.createUser("user" + i, keys.get(i).wallet()));
    }
  }

  private void ban(PlatformUser user, boolean banned) throws Exception {
    database.execute(
        "insert into chat_ban (user_id, is_banned) values (%d, %b) on conflict (user_id) do update set is_banned = excluded.is_banned"
            .formatted(user.userId(), banned));
  }

  @Test
  void letsGoWhoWasDeactivatedOrBanned() throws Exception {
    GatewayConfig config =
        TestGateway.config(database.url()).toBuilder()
            .revalidation(new RevalidationSettings(Duration.ofMillis(200), 2))
            .build();
    ban(users.get(3), false);
    try (TestGateway gateway = TestGateway.start(config);
        TestClient deactivated = TestClient.connect(gateway.port(), keys.get(0));
        TestClient banned = TestClient.connect(gateway.port(), keys.get(1));
        TestClient bannedToo = TestClient.connect(gateway.port(), keys.get(1));
        TestClient well = TestClient.connect(gateway.port(), keys.get(2));
        TestClient pardoned = TestClient.connect(gateway.port(), keys.get(3))) {
      Eventually.holds("all are in", 20, () -> gateway.metric("herald_cursors") == 5);
      community.deactivate(users.get(0));
      ban(users.get(1), true);
      assertThat(deactivated.awaitEnd()).isEqualTo(1008);
      assertThat(banned.awaitEnd()).isEqualTo(1008);
      assertThat(bannedToo.awaitEnd()).isEqualTo(1008);
      double before = gateway.metric("herald_revalidated_total");
      Eventually.holds(
          "more rounds pass", 20, () -> gateway.metric("herald_revalidated_total") > before + 6);
      assertThat(well.isOpen()).isTrue();
      assertThat(pardoned.isOpen()).isTrue();
      assertThat(gateway.metric("herald_connections_closed_total{reason=\"not_allowed\"}"))
          .isEqualTo(3);
      for (int i = 0; i < 2; i++) {
        WalletKey key = keys.get(i);
        assertThatThrownBy(() -> TestClient.connect(gateway.port(), key))
            .isInstanceOfSatisfying(
                RefusedException.class, e -> assertThat(e.status()).isEqualTo(400));
      }
    }
  }

  @Test
  void letsGoTheWalletThatWasTakenFromAUser() throws Exception {
    GatewayConfig config =
        TestGateway.config(database.url()).toBuilder()
            .revalidation(new RevalidationSettings(Duration.ofMillis(200), 2))
            .build();
    WalletKey stolen = keys.get(0);
    WalletKey replacement = WalletKey.random(new SecureRandom());
    int userId = users.get(0).userId();
    try (TestGateway gateway = TestGateway.start(config);
        TestClient thief = TestClient.connect(gateway.port(), stolen);
        TestClient other = TestClient.connect(gateway.port(), keys.get(1))) {
      database.execute(
          "update users set wallet = '%s' where user_id = %d"
              .formatted(replacement.wallet(), userId));
      try (TestClient owner = TestClient.connect(gateway.port(), replacement)) {
        assertThat(thief.awaitEnd()).isEqualTo(1008);
        assertThatThrownBy(() -> TestClient.connect(gateway.port(), stolen))
            .isInstanceOfSatisfying(
                RefusedException.class, e -> assertThat(e.status()).isEqualTo(400));
        double before = gateway.metric("herald_revalidated_total");
        Eventually.holds(
            "more rounds pass", 20, () -> gateway.metric("herald_revalidated_total") > before + 6);
        assertThat(owner.isOpen()).as("the same user by the new wallet").isTrue();
        assertThat(other.isOpen()).isTrue();
      }
      assertThat(gateway.metric("herald_connections_closed_total{reason=\"not_allowed\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void letsNobodyGoWhileTheDatabaseDoesNotAnswer() throws Exception {
    GatewayConfig config =
        TestGateway.config(database.url()).toBuilder()
            .revalidation(new RevalidationSettings(Duration.ofMillis(200), 2))
            .build();
    try (TestGateway gateway = TestGateway.start(config);
        TestClient client = TestClient.connect(gateway.port(), keys.get(0))) {
      database.execute("alter table chat_ban rename to chat_ban_gone");
      Eventually.holds(
          "rounds fail", 20, () -> gateway.metric("herald_revalidation_errors_total") > 2);
      assertThat(client.isOpen()).isTrue();
    }
  }

  @Test
  void letsASignedUrlBeUsedOnceIfToldTo() throws Exception {
    HandshakeSettings once = HandshakeSettings.builder().singleUse(1_000).build();
    String path = keys.get(0).signedPath(PATH, System.currentTimeMillis());
    try (TestGateway gateway = TestGateway.start(database.url());
        WebSocketClient first = WebSocketClient.connect(gateway.port(), path);
        WebSocketClient again = WebSocketClient.connect(gateway.port(), path)) {
      assertThat(first).as("by default it may be used again").isNotSameAs(again);
    }
    try (TestGateway gateway =
            TestGateway.start(
                TestGateway.config(database.url()).toBuilder().handshakes(once).build());
        WebSocketClient first = WebSocketClient.connect(gateway.port(), path)) {
      assertThatThrownBy(() -> WebSocketClient.connect(gateway.port(), path))
          .isInstanceOfSatisfying(
              RefusedException.class, e -> assertThat(e.status()).isEqualTo(400));
      assertThat(gateway.metric("herald_handshakes_total{outcome=\"replayed\"}")).isEqualTo(1);
      String another = keys.get(0).signedPath(PATH, System.currentTimeMillis() + 1);
      WebSocketClient.connect(gateway.port(), another).close();
      assertThat(first.closeCode()).isZero();
    }
  }
}
