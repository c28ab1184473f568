package herald.gateway.demo;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.api.JsonObject;
import herald.demo.scene.Demo;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The demo's one port, without a browser: page, API, websocket and the buttons. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 90, unit = TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // all is set before the first test
final class DemoSiteIT {
  private final HttpClient http = HttpClient.newHttpClient();
  private final StringWriter told = new StringWriter();
  private Demo demo;
  private WalletKey ada;
  private WalletKey ben;
  private String chatId;

  @BeforeAll
  void start() throws Exception {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    demo = new Demo(new PrintWriter(told), anyPort, anyPort);
    demo.play();
    demo.invite();
    Matcher people =
        Pattern.compile("\"user_id\":\"(\\w+)\".*?\"key\":\"(\\w+)\"")
            .matcher(get("/demo/people").body());
    people.find();
    String adaId = people.group(1);
    ada = WalletKey.fromHex(people.group(2));
    people.find();
    chatId = adaId + ":" + people.group(1);
    ben = WalletKey.fromHex(people.group(2));
  }

  @AfterAll
  void stop() throws Exception {
    demo.close();
  }

  @Test
  void theTerminalTellsTheStoryAndWhereThePageIs() {
    assertThat(told.toString())
        .contains("Ada sends a blast to her followers")
        .contains("Cleo  got chat.blast")
        .contains("The page: http://127.0.0.1:" + demo.port() + "/")
        .doesNotContain("BUT DID");
  }

  @Test
  void thePageLoadsNothingFromElsewhere() throws Exception {
    HttpResponse<String> page = get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'self'");
    assertThat(page.body()).contains("/page/main.js").doesNotContainPattern("(src|href)=\"http");
    assertThat(get("/page/main.js").headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/javascript");
    assertThat(get("/page/../logback.xml").statusCode()).isEqualTo(404);
    assertThat(get("/page/nothing.js").statusCode()).isEqualTo(404);
  }

  @Test
  void aClientThatIsCutComesBackToWhatItMissed() throws Exception {
    try (TestClient first = TestClient.connect(demo.port(), ben, Map.of("client", "ben-1"))) {
      write("before the cut");
      first.awaitMessage("before the cut");
      post("/demo/cut", "{\"client\":\"ben-1\"}");
      first.awaitEnd();
    }
    write("while nobody was there");
    try (TestClient second = TestClient.connect(demo.port(), ben, Map.of("client", "ben-1"))) {
      second.awaitMessage("while nobody was there");
    }
  }

  @Test
  void aSlowClientGetsEverythingInTheEnd() throws Exception {
    try (TestClient slow = TestClient.connect(demo.port(), ben, Map.of("client", "ben-2"))) {
      post("/demo/slow", "{\"client\":\"ben-2\",\"slow\":true}");
      String filler = "x".repeat(10_000);
      for (int i = 0; i < 20; i++) {
        write("slow " + i + " " + filler);
      }
      assertThat(slow.received()).noneMatch(event -> event.contains("slow 19 "));
      post("/demo/slow", "{\"client\":\"ben-2\",\"slow\":false}");
      slow.awaitMessage("slow 19 ");
    }
  }

  @Test
  void aClientIsMovedToTheOtherInstanceAndComesBackFromAKilledOne() throws Exception {
    Map<String, String> name = Map.of("client", "ben-3");
    int first;
    try (TestClient client = TestClient.connect(demo.port(), ben, name)) {
      first = instanceOf("ben-3");
      post("/demo/instances/move", "{\"client\":\"ben-3\"}");
      client.awaitEnd();
    }
    write("between the two");
    int second = 3 - first;
    try (TestClient client = TestClient.connect(demo.port(), ben, name)) {
      client.awaitMessage("between the two");
      assertThat(instanceOf("ben-3")).isEqualTo(second);
      post("/demo/instances/kill", "{\"instance\":\"" + second + "\"}");
      client.awaitEnd();
      write("behind the kill");
    }
    try (TestClient client = TestClient.connect(demo.port(), ben, name)) {
      client.awaitMessage("behind the kill");
      assertThat(instanceOf("ben-3")).isEqualTo(first);
    }
    assertThat(answerTo("/demo/instances/kill", "{\"instance\":\"" + first + "\"}").statusCode())
        .as("one is left")
        .isEqualTo(409);
    post("/demo/instances/bring-back", "{\"instance\":\"" + second + "\"}");
    Eventually.holds("both are ready", 60, () -> instances().split("\"ready\"", -1).length == 3);
  }

  @Test
  void theFrontKeepsTheCookieOfADeviceOfItsOwn() throws Exception {
    try (TestClient client = TestClient.connect(demo.port(), ben, Map.of("client", "ben-4"))) {
      assertThat(client.cookie()).startsWith("herald_device=");
    }
    Map<String, String> own = Map.of("client", "ben-5", "device", "own");
    try (TestClient client = TestClient.connect(demo.port(), ben, own)) {
      assertThat(client.setCookie()).isEmpty();
      write("to a device of its own");
      client.awaitMessage("to a device of its own");
    }
  }

  private String instances() {
    try {
      return get("/demo/instances").body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The number of the instance to which a client is connected. */
  private int instanceOf(String client) throws InterruptedException {
    Pattern connected = Pattern.compile("\"" + client + "\":(\\d)");
    Eventually.holds("it is connected", 20, () -> connected.matcher(instances()).find());
    Matcher instance = connected.matcher(instances());
    assertThat(instance.find()).isTrue();
    return Integer.parseInt(instance.group(1));
  }

  @Test
  void theLedgerSaysWhatMustArrive() throws Exception {
    long since = System.currentTimeMillis() * 1_000;
    String benId = chatId.substring(chatId.indexOf(':') + 1);
    String messageId = write("to be counted");
    assertThat(get("/demo/ledger?user=" + benId + "&since=" + since).body())
        .contains("\"m:" + messageId + "\"");
    String adaId = chatId.substring(0, chatId.indexOf(':'));
    assertThat(get("/demo/ledger?user=" + adaId + "&since=" + since).body())
        .doesNotContain(messageId);
    assertThat(get("/demo/ledger?user=nobody").statusCode()).isEqualTo(400);
  }

  @Test
  void theListenerIsKilledForReal() throws Exception {
    double before = losses();
    post("/demo/kill-listener", "{}");
    Eventually.holds("the gateway has noticed", 30, () -> losses() > before);
    try (TestClient client = TestClient.connect(demo.port(), ben)) {
      write("behind its back");
      client.awaitMessage("behind its back");
    }
  }

  @Test
  void noPageFromElsewhereCanPressTheButtons() throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(uri("/demo/kill-listener"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(415);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  private double losses() {
    try {
      Matcher losses = Pattern.compile("\"losses\":(\\d+)").matcher(get("/demo/pulse").body());
      return losses.find() ? Double.parseDouble(losses.group(1)) : -1;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Ada writes to Ben over the API; the answer holds the rpc. */
  private String write(String text) throws Exception {
    String messageId = "m" + System.nanoTime();
    String body =
        "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"%s\",\"message_id\":\"%s\",\"message\":\"%s\",\"is_plaintext\":true},\"timestamp\":%d}"
            .formatted(chatId, messageId, text, System.currentTimeMillis());
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(uri("/comms/mutate"))
                .header(
                    "x-sig",
                    Base64.getEncoder()
                        .encodeToString(
                            ada.sign(body.getBytes(java.nio.charset.StandardCharsets.UTF_8))))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return messageId;
  }

  private HttpResponse<String> answerTo(String path, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void post(String path, String body) throws Exception {
    HttpResponse<String> answer = answerTo(path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    Objects.requireNonNull(JsonObject.parseOrNull(answer.body()));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + demo.port() + path);
  }
}
