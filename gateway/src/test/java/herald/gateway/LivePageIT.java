package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.Browser;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The live page in a real browser. */
class LivePageIT {
  private static final int EVENTS = 40;

  @Test
  void showsWhatHappensWhileItHappens() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    WalletKey key = WalletKey.random(new SecureRandom());
    PlatformUser alice = community.createUser("alice", "0x1");
    PlatformUser bob = community.createUser("bob", key.wallet());
    String chat = platform.createChat(alice, bob).subjectId();
    try (TestGateway gateway = TestGateway.start(database.url());
        TestClient one = TestClient.connect(gateway.port(), key);
        TestClient two = TestClient.connect(gateway.port(), key);
        Browser browser = Browser.open()) {
      browser.resize(1_100, 900);
      browser.go("http://127.0.0.1:" + gateway.gateway().adminPort() + "/");
      Eventually.holds("the page says ready", 30, () -> text(browser, "#state").equals("ready"));
      Eventually.holds(
          "it counts the connections", 30, () -> text(browser, "#connections").equals("2"));
      assertThat(text(browser, "#users")).isEqualTo("1");
      assertThat(text(browser, "#build")).contains("Java").contains("PostgreSQL 1");

      for (int i = 0; i < EVENTS; i++) {
        platform.message(alice, chat, "event " + i);
        one.awaitMessage("event " + i + "\"");
        two.awaitMessage("event " + i + "\"");
      }
      Eventually.holds("it shows a lag", 30, () -> text(browser, "#lag").matches("[0-9.]+ ms"));
      Eventually.holds(
          "the charts have lines",
          30,
          () ->
              browser
                  .evaluate(
                      "[...document.querySelectorAll('#chart-lag path')]"
                          + ".every(path => path.getAttribute('d').includes('M'))")
                  .equals("true"));
      assertThat(
              browser.evaluate(
                  "document.querySelector('#chart-connections svg').getAttribute('aria-label')"))
          .startsWith("open 2");
      assertThat(text(browser, "#nobody")).contains("Nobody is behind");
      assertThat(
              browser.evaluate(
                  "performance.getEntriesByType('resource')"
                      + ".every(entry => entry.name.startsWith(location.origin))"))
          .as("nothing is loaded from elsewhere")
          .isEqualTo("true");

      String light = ground(browser);
      browser.setColorScheme("dark");
      assertThat(ground(browser)).isNotEqualTo(light);
      browser.setColorScheme("light");
      browser.resize(360, 740);
      browser.go("http://127.0.0.1:" + gateway.gateway().adminPort() + "/");
      Eventually.holds(
          "it is there on a phone too", 30, () -> text(browser, "#connections").equals("2"));
      assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"))
          .as("nothing is wider than a phone")
          .isEqualTo("true");

      gateway.gateway().beginDrain();
      Eventually.holds(
          "it says that it drains",
          30,
          () -> text(browser, "#state").equals("not ready: draining"));
    }
  }

  /** Makes the picture of the README: two minutes of traffic that comes and goes. */
  @Test
  @EnabledIfSystemProperty(named = "herald.docs.picture", matches = "true")
  void makesThePictureOfTheReadme() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    PlatformUser alice = community.createUser("alice", "0x1");
    List<TestClient> clients = new ArrayList<>();
    List<String> chats = new ArrayList<>();
    try (TestGateway gateway = TestGateway.start(database.url());
        Browser browser = Browser.open()) {
      browser.resize(1_000, 930);
      browser.go("http://127.0.0.1:" + gateway.gateway().adminPort() + "/");
      long begin = System.nanoTime();
      for (double seconds = 0; seconds < 120; seconds = (System.nanoTime() - begin) / 1e9) {
        if (clients.size() <= seconds && clients.size() < 60) {
          WalletKey key = WalletKey.random(new SecureRandom());
          PlatformUser fan = community.createUser("fan" + clients.size(), key.wallet());
          chats.add(platform.createChat(alice, fan).subjectId());
          clients.add(TestClient.connect(gateway.port(), key));
        }
        platform.message(alice, chats.get(ThreadLocalRandom.current().nextInt(chats.size())), "hi");
        // The rate at which events are committed, so that the page's chart has a shape.
        TimeUnit.MILLISECONDS.sleep((long) (8 + 6 * Math.sin(seconds / 12)));
      }
      Files.createDirectories(Path.of("../docs/img"));
      browser.screenshot(Path.of("../docs/img/live.png"));
    } finally {
      for (TestClient client : clients) {
        client.close();
      }
    }
  }

  private static String text(Browser browser, String selector) {
    return browser.evaluate(
        "(document.querySelector('" + selector + "') || {textContent: ''}).textContent");
  }

  private static String ground(Browser browser) {
    return browser.evaluate("getComputedStyle(document.body).backgroundColor");
  }
}
