package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.client.WebSocketClient;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.Axe;
import herald.gateway.testing.Browser;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing on the live page bars people from it, in light and dark, on a screen and a phone. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class LivePageAccessIT {
  private static final int WIDE = 1100;
  private static final int NARROW = 360;
  private static final int HEIGHT = 900;
  private static final int MESSAGES = 300;

  @Test
  void axeFindsNothingInAnyState() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    WalletKey key = WalletKey.random(new SecureRandom());
    WalletKey stalledKey = WalletKey.random(new SecureRandom());
    PlatformUser alice = community.createUser("alice", "0x1");
    PlatformUser bob = community.createUser("bob", key.wallet());
    PlatformUser cleo = community.createUser("cleo", stalledKey.wallet());
    String chat = platform.createChat(alice, bob, cleo).subjectId();
    GatewayConfig config =
        TestGateway.config(database.url()).toBuilder()
            .connections(
                ConnectionSettings.builder()
                    .slowClientTimeout(Duration.ofMinutes(10))
                    .writeDeadline(Duration.ofMinutes(10))
                    .build())
            .build();
    try (Browser browser = Browser.open()) {
      browser.resize(WIDE, HEIGHT);
      try (TestGateway gateway = TestGateway.start(config);
          TestClient reading = TestClient.connect(gateway.port(), key)) {
        browser.go("http://127.0.0.1:" + gateway.gateway().adminPort() + "/");
        await(browser, "#connections", "1");
        await(browser, "#nobody", "Nobody is behind");
        nothingIsFound(browser, "while nobody is behind");

        String path = stalledKey.signedPath("/comms/chats/ws", System.currentTimeMillis());
        try (WebSocketClient stalled = WebSocketClient.connect(gateway.port(), path)) {
          assertThat(stalled).as("reads nothing").isNotNull();
          String last = "";
          for (int i = 0; i < MESSAGES; i++) {
            last = platform.message(alice, chat, "x".repeat(20_000)).subjectId();
          }
          reading.awaitMessage(last);
          await(browser, "#lag", "ms");
          await(browser, "#slowest", "127.0.0.0/24");
          nothingIsFound(browser, "while somebody is behind");
        }
        gateway.gateway().beginDrain();
        await(browser, "#state", "not ready: draining");
        nothingIsFound(browser, "while it drains");
      }
      await(browser, "#state", "no answer");
      nothingIsFound(browser, "without an answer");
    }
  }

  private static void await(Browser browser, String place, String text)
      throws InterruptedException {
    browser.await(
        place + " says '" + text + "'",
        "document.querySelector(arguments[0]).textContent.includes(arguments[1])",
        place,
        text);
  }

  private static void nothingIsFound(Browser browser, String state) throws Exception {
    new Axe(browser).findsNothing(state, HEIGHT, NARROW, WIDE);
  }
}
