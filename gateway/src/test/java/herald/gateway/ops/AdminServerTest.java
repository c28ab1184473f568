package herald.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import herald.gateway.config.DrainSettings;
import herald.gateway.logging.Logs;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.HashIds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The admin address with pages that throw, and with one that holds its thread. */
class AdminServerTest {
  private static final int USER = 7;
  private static final int LOST_USER = 8;

  private final AtomicLong aheadNanos = new AtomicLong();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Meters meters = new Meters(registry);
  private final Supervisor supervisor =
      new Supervisor(meters.supervision(), () -> System.nanoTime() + aheadNanos.get());
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private final HttpClient client = HttpClient.newHttpClient();
  private final AdminServer server =
      new AdminServer(
          TestGateway.config("postgresql://nobody@127.0.0.1:1/none"),
          new AdminPages(
              contentType -> {
                held.countDown();
                awaitQuietly(go);
                return contentType.repeat(100);
              },
              () -> {
                throw new OutOfMemoryError("what a client has written");
              },
              () -> {},
              new StatusReport(
                  DrainSettings.defaults(),
                  registry,
                  () -> "",
                  () -> "",
                  () -> CompletableFuture.failedFuture(new IllegalStateException())),
              new UserReport(this::find, () -> Instant.parse("2026-01-02T03:04:05.678Z"))),
          meters.reloads(),
          supervisor);

  private CompletionStage<UserStatus> find(int user) {
    return user == LOST_USER
        ? CompletableFuture.failedFuture(new IllegalStateException())
        : CompletableFuture.completedFuture(
            new UserStatus(
                List.of(
                    new UserConnection(
                        "203.0.113.0/24",
                        "c-5d1f0a3e",
                        5_678,
                        "open",
                        "memory",
                        12,
                        11,
                        3,
                        1,
                        0,
                        9,
                        1_234)),
                2,
                true,
                10,
                15));
  }

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void close() {
    go.countDown();
    server.close();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  @Test
  void aPageThatCanNotBeShownIsAnErrorAndTheNextOneIsShown() throws Exception {
    for (String path : List.of("/readyz", "/status")) {
      HttpResponse<String> answer =
          client.send(request(path), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(path).isEqualTo(500);
      assertThat(answer.body()).doesNotContain("client has written");
    }
    assertThat(supervisor.failures().count(Place.ADMIN)).isEqualTo(2);
    assertThat(client.send(request("/livez"), HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
    assertThat(supervisor.problem()).isNull();
  }

  private HttpResponse<byte[]> send(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static String header(HttpResponse<byte[]> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz", "/metrics", "/status", "/", "/live.css", "/x"})
  void headIsAnsweredAsGetWithoutABody(String path) throws Exception {
    go.countDown();
    HttpResponse<byte[]> get = send("GET", path);
    HttpResponse<byte[]> head = send("HEAD", path);
    assertThat(head.statusCode()).isEqualTo(get.statusCode());
    assertThat(head.body()).isEmpty();
    assertThat(get.body()).isNotEmpty();
    assertThat(header(head, "content-type")).isEqualTo(header(get, "content-type"));
    assertThat(header(head, "content-length")).isEqualTo(Integer.toString(get.body().length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"?", "?x", "?name[]=x&y=%zz", "?/metrics", "?a=b?c"})
  void aQueryStringThatMeansNothingIsIgnored(String query) throws Exception {
    go.countDown();
    for (String path : List.of("/livez", "/metrics", "/")) {
      String uri = path + query.replace("[]", "%5B%5D").replace("%zz", "zz");
      assertThat(send("GET", uri).statusCode()).as(uri).isEqualTo(200);
    }
    assertThat(raw("GET /livez" + query + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("alive\n");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void theStatusOfOneUserIsGivenByHashIdOrUserId() throws Exception {
    HttpResponse<byte[]> byHashId =
        send("GET", "/status?x=y&user=" + HashIds.encode(USER) + "&user=z");
    assertThat(byHashId.statusCode()).isEqualTo(200);
    assertThat(header(byHashId, "content-type")).isEqualTo("application/json");
    JsonObject status = JsonParser.parseString(text(byHashId)).getAsJsonObject();
    assertThat(status.toString())
        .isEqualTo(
            ("{'user':'%s','connections':[{'address':'203.0.113.0/24',"
                    + "'device':'c-5d1f0a3e',"
                    + "'connectedSince':'2026-01-02T03:04:00Z','state':'open','replay':'memory',"
                    + "'position':12,'confirmedPosition':11,'waitingEvents':3,"
                    + "'unconfirmedEvents':1,'stalledMillis':0,'writtenEvents':9,"
                    + "'writtenBytes':1234}],'notShown':2,'endedConnectionRemembered':true,"
                    + "'log':{'firstPosition':10,'nextPosition':15}}")
                .formatted(HashIds.encode(USER))
                .replace('\'', '"'));
    assertThat(text(send("GET", "/status?user=" + USER))).isEqualTo(text(byHashId));
    assertThat(send("HEAD", "/status?user=" + USER).body()).isEmpty();
  }

  @Test
  void aUserThatThereCanNotBeIsRefusedAndOneThatCanNotBeFoundIsAnError() throws Exception {
    for (String user : List.of("", "-1", "%2e%2e", "a%20b", "99999999999", "x".repeat(2_000))) {
      HttpResponse<byte[]> answer = send("GET", "/status?user=" + user);
      assertThat(answer.statusCode()).as(user).isEqualTo(400);
      assertThat(text(answer)).startsWith("user names nobody");
    }
    assertThat(raw("GET /status?user=%zz HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(send("GET", "/status?user=" + LOST_USER).statusCode()).isEqualTo(500);
    assertThat(supervisor.failures().count(Place.ADMIN)).isEqualTo(1);
  }

  @Test
  void theLogLevelIsShownAndChanged() throws Exception {
    Logger herald = (Logger) LoggerFactory.getLogger("herald");
    Logger access = (Logger) LoggerFactory.getLogger(Logs.ACCESS);
    Level before = herald.getLevel();
    Level accessBefore = access.getLevel();
    try {
      for (String level : List.of("error", "trace", "debug", "warn", "info")) {
        HttpResponse<byte[]> answer = send("POST", "/log-level?level=" + level);
        assertThat(answer.statusCode()).as(level).isEqualTo(200);
        assertThat(text(answer)).isEqualTo(level + "\n");
        assertThat(herald.getLevel()).isEqualTo(Level.valueOf(level));
        assertThat(text(send("GET", "/log-level?level=trace"))).isEqualTo(level + "\n");
        assertThat(access.getLevel()).isEqualTo(accessBefore);
      }
      for (String query : List.of("", "?level=", "?level=all", "?level=INFO&x", "?debug")) {
        HttpResponse<byte[]> answer = send("POST", "/log-level" + query);
        assertThat(answer.statusCode()).as(query).isEqualTo(400);
        assertThat(text(answer)).startsWith("level names no log level");
      }
      assertThat(send("POST", "/log-level?level=trace", "Origin", "null").statusCode())
          .as("from a web page")
          .isEqualTo(403);
      assertThat(herald.getLevel()).isEqualTo(Level.INFO);
    } finally {
      herald.setLevel(before);
    }
  }

  @Test
  void otherMethodsAreRefused() throws Exception {
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
      assertNotAllowed(method, "/metrics", "GET, HEAD");
    }
    assertNotAllowed("POST", "/", "GET, HEAD");
    assertNotAllowed("GET", "/drain", "POST");
    assertNotAllowed("HEAD", "/drain", "POST");
    assertNotAllowed("PUT", "/log-level?level=trace", "GET, HEAD, POST");
  }

  private void assertNotAllowed(String method, String path, String allowed) throws Exception {
    HttpResponse<byte[]> answer = send(method, path);
    assertThat(answer.statusCode()).as(method).isEqualTo(405);
    assertThat(header(answer, "allow")).as(method).isEqualTo(allowed);
  }

  @Test
  void theFormatOfMetricsIsNegotiated() throws Exception {
    go.countDown();
    for (String type : List.of("text/plain; version=0.0.4", "application/openmetrics-text")) {
      HttpResponse<byte[]> answer = send("GET", "/metrics", "Accept", type);
      assertThat(header(answer, "content-type")).startsWith(type);
      assertThat(text(answer)).startsWith(header(answer, "content-type"));
    }
  }

  @Test
  void isCompressedForWhoAsksForIt() throws Exception {
    go.countDown();
    byte[] plain = send("GET", "/metrics").body();
    HttpResponse<byte[]> zipped = send("GET", "/metrics", "Accept-Encoding", "br, gzip;q=0.5");
    assertThat(header(zipped, "content-encoding")).isEqualTo("gzip");
    assertThat(zipped.body().length).isLessThan(plain.length / 4);
    assertThat(header(zipped, "content-length")).isEqualTo(Integer.toString(zipped.body().length));
    try (InputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
      assertThat(unzipped.readAllBytes()).isEqualTo(plain);
    }
    for (String encoding : List.of("identity", "gzip;q=0", "br", "*;q=0")) {
      HttpResponse<byte[]> answer = send("GET", "/metrics", "Accept-Encoding", encoding);
      assertThat(header(answer, "content-encoding")).as(encoding).isEmpty();
      assertThat(answer.body()).isEqualTo(plain);
    }
    assertThat(header(send("GET", "/livez", "Accept-Encoding", "gzip"), "content-encoding"))
        .as("a page of a few bytes")
        .isEmpty();
  }

  @Test
  void anAdminThreadThatStandsStillIsSeen() throws Exception {
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(request("/metrics"), HttpResponse.BodyHandlers.ofString());
    assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
    aheadNanos.set(TimeUnit.SECONDS.toNanos(42));
    assertThat(supervisor.problem()).matches("the thread herald-admin has not moved for 4\\d s");
    go.countDown();
    assertThat(waiting.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    Eventually.holds("it moves again", 20, () -> supervisor.problem() == null);
  }
}
