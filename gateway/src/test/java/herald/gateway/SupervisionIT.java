package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread of a running gateway ends: an operator sees it everywhere, a client nowhere. */
final class SupervisionIT {
  private static final int WAIT_SECONDS = 20;

  private final WalletKey key = WalletKey.random(new SecureRandom());
  private final HttpClient http = HttpClient.newHttpClient();

  private HttpResponse<String> get(TestGateway gateway, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + gateway.gateway().adminPort() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static Set<Thread> threads() {
    return new HashSet<>(Thread.getAllStackTraces().keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"herald-directory", "herald-public-keys"})
  void theEndOfAThreadIsSeenAndClientsGoOn(String name) throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    PlatformUser alice = community.createUser("alice", "0x1");
    PlatformUser bob = community.createUser("bob", key.wallet());
    String chat = platform.createChat(alice, bob).subjectId();
    Set<Thread> others = threads();
    try (TestGateway gateway = TestGateway.start(database.url());
        TestClient client = TestClient.connect(gateway.port(), key)) {
      assertThat(get(gateway, "/readyz").statusCode()).isEqualTo(200);
      assertThat(gateway.metric("herald_thread_alive{thread=\"" + name + "\"}")).isEqualTo(1);
      threads().stream()
          .filter(thread -> !others.contains(thread) && thread.getName().startsWith(name))
          .forEach(Thread::interrupt);
      Eventually.holds("it is noticed", WAIT_SECONDS, () -> !gateway.gateway().isReady());
      HttpResponse<String> ready = get(gateway, "/readyz");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).isEqualTo("not ready: the thread " + name + " has ended\n");
      assertThat(get(gateway, "/livez").statusCode()).isEqualTo(200);
      assertThat(get(gateway, "/status").body())
          .contains("\"ready\" : false")
          .contains("\"notReadyReason\" : \"the thread " + name + " has ended\"")
          .contains("\"herald_thread_alive_" + name + "\" : 0");
      assertThat(gateway.metric("herald_thread_alive{thread=\"" + name + "\"}")).isZero();
      platform.message(alice, chat, "as if nothing had been");
      client.awaitMessage("as if nothing had been");
    }
  }

  /** Without these the feed does not go on, or not for long. */
  @ParameterizedTest
  @ValueSource(strings = {"herald-fetch", "herald-listener", "herald-sweep", "herald-schema-watch"})
  void theEndOfAThreadOfTheFeedIsSeenAndClientsStay(String name) throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    new Community(database.dataSource()).createUser("bob", key.wallet());
    Set<Thread> others = threads();
    try (TestGateway gateway = TestGateway.start(database.url());
        TestClient client = TestClient.connect(gateway.port(), key)) {
      threads().stream()
          .filter(thread -> !others.contains(thread) && thread.getName().startsWith(name))
          .forEach(Thread::interrupt);
      Eventually.holds("it is noticed", WAIT_SECONDS, () -> !gateway.gateway().isReady());
      assertThat(get(gateway, "/readyz").body())
          .isEqualTo("not ready: the thread " + name + " has ended\n");
      assertThat(gateway.metric("herald_thread_alive{thread=\"" + name + "\"}")).isZero();
      assertThat(client.isOpen()).isTrue();
    }
  }

  @Test
  void allThreadsOfAGatewayInGoodHealthLive() throws Exception {
    try (TestGateway gateway = TestGateway.start(SharedDatabase.fresh().url())) {
      assertThat(gateway.gateway().scrape().lines())
          .filteredOn(line -> line.startsWith("herald_thread_alive{"))
          .hasSizeGreaterThan(6)
          .allMatch(line -> line.endsWith(" 1.0"));
      assertThat(gateway.gateway().scrape().lines())
          .filteredOn(line -> line.startsWith("herald_isolated_failures_total{"))
          .hasSizeGreaterThan(20)
          .allMatch(line -> line.endsWith(" 0.0"));
    }
  }
}
