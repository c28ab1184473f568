package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two devices of a user, known by the cookie of the 101, on real sockets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class DevicesIT {
  private SharedDatabase database;
  private Community community;
  private Platform platform;
  private TestGateway gateway;
  private int handles;
  private PlatformUser user;
  private WalletKey key;
  private PlatformUser friend;
  private String chat;

  @BeforeAll
  void start() throws Exception {
    database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    gateway = TestGateway.start(config());
  }

  /** Without a replay time: a connection gets what its device lacks, and nothing else. */
  private GatewayConfig config() {
    GatewayConfig config = TestGateway.config(database.url());
    return config.toBuilder()
        .eventLog(config.eventLog().toBuilder().replay(Duration.ZERO).build())
        .build();
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @BeforeEach
  void createUsers() throws Exception {
    key = WalletKey.random(new SecureRandom());
    user = community.createUser("user" + ++handles, key.wallet());
    WalletKey other = WalletKey.random(new SecureRandom());
    friend = community.createUser("user" + ++handles, other.wallet());
    chat = platform.createChat(user, friend).subjectId();
  }

  /** Connections are counted: none may be left that is about to end. */
  @AfterEach
  void awaitTheEnds() throws Exception {
    Eventually.holds(
        "all connections have ended", 20, () -> gateway.gateway().openConnections() == 0);
  }

  private TestClient connect(String cookie) throws Exception {
    int before = gateway.gateway().openConnections();
    TestClient client = TestClient.connectWithCookie(gateway.port(), key, cookie);
    Eventually.holds(
        "the connection is open", 20, () -> gateway.gateway().openConnections() > before);
    return client;
  }

  private void close(TestClient client) throws Exception {
    int before = gateway.gateway().openConnections();
    client.close();
    Eventually.holds(
        "the connection has ended", 20, () -> gateway.gateway().openConnections() < before);
  }

  private String write(String text) throws Exception {
    return platform.message(friend, chat, text).subjectId();
  }

  @Test
  void aClientIsGivenACookieAndKeepsIt() throws Exception {
    try (TestClient first = connect("")) {
      assertThat(first.setCookie())
          .matches(
              "herald_device=[A-Za-z0-9_-]{22}; Path=/comms/chats/ws; Max-Age=2592000; HttpOnly;"
                  + " SameSite=Lax");
      try (TestClient again = connect("theme=dark; " + first.cookie())) {
        assertThat(again.cookie()).isEqualTo(first.cookie());
      }
    }
  }

  /** Case D2: a device sleeps while another one of the user's opens, and receives everything. */
  @Test
  void whatOneDeviceHasConfirmedIsNotTakenFromAnother() throws Exception {
    TestClient phone = connect("");
    String cookie = phone.cookie();
    close(phone);
    phone = connect(cookie);
    close(phone);
    TestClient laptop = connect("herald_device=" + "b".repeat(22));
    String message = write("while the phone sleeps");
    laptop.awaitMessage(message);
    close(laptop);
    close(connect("herald_device=" + "b".repeat(22)));

    try (TestClient awake = connect(cookie)) {
      awake.awaitMessage(message);
    }
  }

  /** Case D5: a browser that is new gets nothing of what another device has missed. */
  @Test
  void aNewDeviceIsNotSentWhatAnotherHasMissed() throws Exception {
    close(connect("herald_device=" + "c".repeat(22)));
    TestClient witness = connect("herald_device=" + "e".repeat(22));
    witness.awaitMessage(write("to the device that is away"));
    close(witness);
    try (TestClient fresh = connect("herald_device=" + "d".repeat(22))) {
      String next = write("to all");
      fresh.awaitMessage(next);
      assertThat(fresh.messageIds()).containsExactly(next);
    }
  }

  @Test
  void switchedOffNoCookieIsSet() throws Exception {
    GatewayConfig config =
        config().toBuilder()
            .handshakes(HandshakeSettings.builder().deviceCookie("").build())
            .build();
    try (TestGateway without = TestGateway.start(config);
        TestClient client = TestClient.connectWithCookie(without.port(), key, "")) {
      assertThat(client.setCookie()).isEmpty();
    }
  }
}
