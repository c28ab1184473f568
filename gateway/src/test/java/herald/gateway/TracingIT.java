package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.TracingSettings;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A collector gets the way of an event, and the metrics name it. */
class TracingIT {
  private final List<String> collected = new CopyOnWriteArrayList<>();

  private HttpServer collector() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          collected.add(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static void push(GatewayConfig config, SharedDatabase database, Looking looking)
      throws Exception {
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    WalletKey key = WalletKey.random(new SecureRandom());
    PlatformUser alice = community.createUser("alice", "0x1");
    PlatformUser bob = community.createUser("bob", key.wallet());
    String chat = platform.createChat(alice, bob).subjectId();
    try (TestGateway gateway = TestGateway.start(config);
        TestClient client = TestClient.connect(gateway.port(), key)) {
      Eventually.holds("the client is in", 10, () -> gateway.metric("herald_cursors") == 1);
      platform.message(alice, chat, "the text");
      client.awaitMessage("the text");
      looking.lookAt(gateway);
    }
  }

  /** What is looked at while the gateway runs. */
  @FunctionalInterface
  private interface Looking {
    void lookAt(TestGateway gateway) throws Exception;
  }

  private static String openMetrics(TestGateway gateway) throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + gateway.gateway().adminPort() + "/metrics");
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(uri).header("Accept", "application/openmetrics-text").build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anEventIsATrace() throws Exception {
    HttpServer server = collector();
    try {
      URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces");
      SharedDatabase database = SharedDatabase.fresh();
      GatewayConfig config =
          TestGateway.config(database.url()).toBuilder()
              .tracing(new TracingSettings(endpoint, 1))
              .build();
      push(
          config,
          database,
          gateway ->
              Eventually.holds(
                  "a histogram names the trace",
                  10,
                  () -> openMetrics(gateway).matches("(?s).*_bucket[^\\n]* # \\{.*trace_id=.*")));
      // Closing has sent what waited.
      assertThat(String.join("", collected))
          .contains("push chat.message", "notification", "fetch", "encode", "write", "herald")
          .doesNotContain("the text");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void withoutACollectorNothingOfItRuns() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Set<Thread> before = senders();
    push(
        TestGateway.config(database.url()),
        database,
        gateway -> {
          assertThat(openMetrics(gateway)).doesNotContain("trace_id");
          assertThat(before).as("of a gateway before").containsAll(senders());
        });
  }

  /** The library's threads. */
  private static Set<Thread> senders() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("BatchSpanProcessor"))
        .collect(Collectors.toSet());
  }
}
