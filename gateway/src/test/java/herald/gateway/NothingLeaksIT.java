package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import herald.demo.client.WebSocketClient;
import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.RpcLog;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.ByteSize;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.logging.Logs;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Signatures, keys and message texts go through a whole gateway, on good ways and bad ones, with
 * all logs at their finest level but for the caps that herald ships; and none of it, in no
 * encoding, comes out anywhere but at the clients it is for.
 */
class NothingLeaksIT {
  private static final List<String> ADMIN_PATHS =
      List.of("/metrics", "/livez", "/readyz", "/status", "/status.json", "/drain", "/", "/x");
  private static final int PIECE = 20;

  private final LoggerContext logback = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger root = logback.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger herald = logback.getLogger("herald");
  private final Logger access = logback.getLogger(Logs.ACCESS);
  private final java.util.logging.Logger julRoot = LogManager.getLogManager().getLogger("");
  private final Level rootLevel = root.getLevel();
  private final java.util.logging.Level julLevel = julRoot.getLevel();
  private final ByteArrayOutputStream logs = new ByteArrayOutputStream();
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
  private final JulCapture julCapture = new JulCapture();
  private final List<Canary> canaries = new ArrayList<>();
  private final String text = "canary" + Long.toHexString(new SecureRandom().nextLong()) + "song";

  /** What must not come out, in one of its forms. */
  private record Canary(String what, String form) {}

  /** java.util.logging, which both drivers write to. */
  private final class JulCapture extends Handler {
    private final SimpleFormatter format = new SimpleFormatter();

    @Override
    public void publish(LogRecord logRecord) {
      byte[] line = format.format(logRecord).getBytes(StandardCharsets.UTF_8);
      logs.write(line, 0, line.length);
    }

    @Override
    public void flush() {
      // Nothing is held back.
    }

    @Override
    public void close() {
      // Nothing to be closed.
    }
  }

  @BeforeEach
  void logEverything() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(logback);
    encoder.setPattern("%level %logger %thread %mdc %msg %kvp %ex{full}%n");
    encoder.start();
    appender.setContext(logback);
    appender.setEncoder(encoder);
    appender.setOutputStream(logs);
    appender.start();
    root.addAppender(appender);
    // As HERALD_LOG_LEVEL and HERALD_LIBRARY_LOG_LEVEL do; what the shipped file caps stays capped.
    root.setLevel(Level.TRACE);
    herald.setLevel(Level.TRACE);
    access.addAppender(appender);
    access.setLevel(Level.TRACE);
    julRoot.setLevel(java.util.logging.Level.ALL);
    julRoot.addHandler(julCapture);
  }

  @AfterEach
  void logAsBefore() {
    julRoot.removeHandler(julCapture);
    julRoot.setLevel(julLevel);
    root.detachAppender(appender);
    root.setLevel(rootLevel);
    herald.setLevel(Level.INFO);
    access.detachAppender(appender);
    access.setLevel(Level.OFF);
  }

  private void canary(String what, String secret) {
    canary(what, secret.getBytes(StandardCharsets.UTF_8));
    form(what, secret);
    form(what, URLEncoder.encode(secret, StandardCharsets.UTF_8));
  }

  /** Hex, and base64 wherever in a longer text it may begin. */
  private void canary(String what, byte[] secret) {
    form(what, HexFormat.of().formatHex(secret));
    form(what, HexFormat.of().formatHex(secret).toUpperCase(Locale.ROOT));
    for (int shift = 0; shift < 3; shift++) {
      byte[] shifted = new byte[secret.length + shift];
      System.arraycopy(secret, 0, shifted, shift, secret.length);
      String base64 = Base64.getEncoder().encodeToString(shifted).replace("=", "");
      String whole = base64.substring(2 * shift, base64.length() - 2);
      form(what, whole);
      form(what, whole.replace('+', '-').replace('/', '_'));
      form(what, URLEncoder.encode(whole, StandardCharsets.UTF_8));
    }
  }

  /** A form that is cut off somewhere is found too: beginning, middle and end stand for it. */
  private void form(String what, String form) {
    if (form.length() <= PIECE) {
      canaries.add(new Canary(what, form));
      return;
    }
    for (int at : new int[] {0, (form.length() - PIECE) / 2, form.length() - PIECE}) {
      canaries.add(new Canary(what, form.substring(at, at + PIECE)));
    }
  }

  private void key(WalletKey key) {
    canary("a private key", HexFormat.of().parseHex(key.toHex().replaceFirst("^0x", "")));
    canary("a public key", key.publicKey());
    canary("the x of a public key", Arrays.copyOfRange(key.publicKey(), 1, 33));
  }

  /** Signs, and has an eye on what was signed with. */
  private String signed(WalletKey key, long timestampMillis, Map<String, String> parameters) {
    String path = key.signedPath("/comms/chats/ws", timestampMillis, parameters);
    String escaped = path.substring(path.indexOf("signature=") + "signature=".length());
    String signature = URLDecoder.decode(escaped, StandardCharsets.UTF_8);
    canary("a signature", signature);
    canary("a signature", Base64.getDecoder().decode(signature));
    return path;
  }

  @Test
  void notASignatureNorAKeyNorAText() throws Exception {
    canary("a message", text);
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    SecureRandom random = new SecureRandom();
    WalletKey aliceKey = WalletKey.random(random);
    WalletKey bobKey = WalletKey.random(random);
    WalletKey nobodyKey = WalletKey.random(random);
    key(aliceKey);
    key(bobKey);
    key(nobodyKey);
    PlatformUser alice = community.createUser("alice", aliceKey.wallet());
    PlatformUser bob = community.createUser("bob", bobKey.wallet());
    community.follow(bob, alice);
    String chat = platform.createChat(alice, bob).subjectId();
    StringBuilder pages = new StringBuilder();
    try (TcpProxy line = new TcpProxy(database.port());
        TestGateway gateway = TestGateway.start(config(database.url(), line.port()))) {
      badHandshakes(gateway.port(), aliceKey, nobodyKey);
      database.execute("alter table user_pubkeys rename to away");
      try (TestClient atAlice = connect(gateway, aliceKey, Map.of());
          TestClient atBob = connect(gateway, bobKey, Map.of("after", "2026-01-01T00:00:00Z"))) {
        platform.message(alice, chat, text + " one");
        platform.message(alice, chat, text + " two \ud83d\ude00");
        platform.blast(alice, BlastAudience.of("follower_audience"), text + " blast");
        atBob.awaitMessage(text + " blast");
        malformed(database, platform, alice, chat);
        badFrames(gateway, aliceKey);
        // Queries fail, with the rows of a batch in hand; then the line is cut.
        database.execute("alter table chat_member rename to away_too");
        stored(platform, alice, "late", chat, text + " late");
        Eventually.holds("a query has failed", 20, () -> logged().contains("is tried again"));
        database.execute("alter table away_too rename to chat_member");
        atBob.awaitMessage(text + " late");
        Eventually.holds("keys can't be stored", 20, () -> logged().contains("public keys can't"));
        database.execute("alter table away rename to user_pubkeys");
        line.mute();
        line.cut();
        WalletKey stranger = WalletKey.random(random);
        key(stranger);
        attempt(gateway.port(), signed(stranger, System.currentTimeMillis(), Map.of()));
        stored(platform, alice, "away", chat, text + " away");
        read(gateway, pages);
        line.unmute();
        atBob.awaitMessage(text + " away");
        evicted(gateway, platform, alice, chat, bobKey);
        read(gateway, pages);
        Thread.getAllStackTraces().keySet().forEach(thread -> pages.append(thread).append('\n'));
        assertThat(atAlice.isOpen()).isTrue();
        gateway.gateway().beginDrain();
        gateway.gateway().drained().toCompletableFuture().get(60, TimeUnit.SECONDS);
      }
    }
    String all = logged() + pages;
    assertThat(all)
        .as("the capture works")
        .doesNotContain("Exception thrown during asynchronous load")
        .contains("users can't be looked up", "herald.gateway", "DEBUG", "herald-loop", "# HELP")
        .contains("connection ended", "close_reason=\"too_slow\"");
    assertThat(logged().lines())
        .anyMatch(line -> line.matches(".* rpc log decided sig=.* outcome=\"pushed\" .*"))
        .anyMatch(line -> line.matches(".* rpc log decided sig=.* outcome=\"malformed\" .*"))
        .anyMatch(line -> line.matches(".* handshake refused address=.* reason=\"expired\" .*"))
        .anyMatch(line -> line.contains(" connection opened user="));
    assertThat(logged().lines().filter(line -> line.contains("connection ended")))
        .as("the access log has no whole address")
        .isNotEmpty()
        .allMatch(line -> line.contains("address=\"127.0.0.0/24\""))
        .noneMatch(line -> line.contains("127.0.0.1"));
    for (Canary canary : canaries) {
      int at = all.indexOf(canary.form);
      assertThat(
              at < 0 ? "" : all.substring(Math.max(0, at - 300), Math.min(all.length(), at + 60)))
          .as(canary.what)
          .isEmpty();
    }
    System.out.printf(
        "%d forms of %d canaries looked for in %d KB of logs, pages and thread names%n",
        canaries.size(),
        canaries.stream().map(Canary::what).distinct().count(),
        all.length() / 1024);
  }

  private String logged() {
    return logs.toString(StandardCharsets.UTF_8);
  }

  private static GatewayConfig config(String url, int port) {
    return TestGateway.config(url.replaceFirst(":\\d+/", ":" + port + "/")).toBuilder()
        .connections(
            ConnectionSettings.builder()
                .writeDeadline(Duration.ofSeconds(1))
                .sendBuffer(ByteSize.ofKibibytes(16))
                .closeTimeout(Duration.ofMillis(500))
                .build())
        .build();
  }

  private TestClient connect(TestGateway gateway, WalletKey key, Map<String, String> parameters)
      throws IOException {
    return TestClient.connect(gateway.port(), signed(key, System.currentTimeMillis(), parameters));
  }

  private void badHandshakes(int port, WalletKey alice, WalletKey nobody) throws IOException {
    long now = System.currentTimeMillis();
    attempt(port, signed(nobody, now, Map.of()));
    attempt(port, signed(alice, now - 13 * 3_600_000L, Map.of()));
    attempt(port, signed(alice, now, Map.of()) + "&a=%zz");
    attempt(port, signed(alice, now, Map.of()) + "%00");
    attempt(port, signed(alice, now, Map.of("after", text)));
    attempt(port, signed(alice, now, Map.of()) + "&changed=" + text);
    attempt(port, signed(alice, now, Map.of()) + "&long=" + text.repeat(1_000));
    attempt(port, signed(alice, now, Map.of()).replace("/ws", "/" + text));
    raw(port, "GET " + signed(alice, now, Map.of()) + " HTTP/1.1\r\nx-sig: " + text + "\r\n\r\n");
    raw(port, "POST " + signed(alice, now, Map.of()) + " HTTP/1.1\r\n\r\n" + text);
    raw(port, text + "\0\r\n" + text + ": " + text + "\r\n\r\n");
    raw(port, "GET /comms/chats/ws HTTP/1.1\r\n" + text + ": " + text.repeat(1_000) + "\r\n\r\n");
  }

  private static void attempt(int port, String path) throws IOException {
    try {
      WebSocketClient.connect(port, path).close();
    } catch (WebSocketClient.RefusedException | EOFException | SocketException e) {
      return;
    }
    throw new AssertionError("let in");
  }

  private static void raw(int port, String bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.getInputStream().readAllBytes();
    } catch (SocketException e) {
      // Closed with bytes unread.
    }
  }

  private void badFrames(TestGateway gateway, WalletKey key) throws Exception {
    byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
    for (int first : new int[] {0x81, 0x82, 0x89, 0x8A, 0xC1, 0x83, 0x01, 0x88}) {
      try (TestClient client = connect(gateway, key, Map.of())) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(first);
        frame.write(0x80 | payload.length);
        frame.write(new byte[4]);
        frame.write(payload);
        frame.write(0xFF);
        client.socket().socket().getOutputStream().write(frame.toByteArray());
        if (first != 0x01) {
          client.awaitEnd();
        }
      }
    }
  }

  private void malformed(
      SharedDatabase database, Platform platform, PlatformUser alice, String chat)
      throws Exception {
    append(platform, alice, "array", "[\"" + text + "\"]");
    append(platform, alice, "nothing", "{\"" + text + "\":\"" + text + "\"}");
    append(
        platform, alice, "unknown", "{\"method\":\"chat.x\",\"params\":{\"m\":\"" + text + "\"}}");
    append(platform, alice, "nul", message(chat, text + " \\u0000 nul"));
    append(platform, alice, "surrogate", message(chat, text + " \\ud800 alone"));
    append(platform, alice, "nul-chat", message(text + "\\u0000", text));
    database.execute("select pg_notify('rpc_log_inserted', '{" + text + "')");
    database.execute("select pg_notify('rpc_log_inserted', '{\"sig\":\"" + text + "\"}')");
  }

  private static String message(String chat, String message) {
    return "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"%s\",\"message_id\":\"m\",\"message\":\"%s\"}}"
        .formatted(chat, message);
  }

  /** A message as the platform stores it, without asking for the chat's members. */
  private static void stored(
      Platform platform, PlatformUser sender, String id, String chat, String text)
      throws Exception {
    LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
    platform.commit(
        transaction -> {
          transaction.chats().insertMessage(id, chat, sender.userId(), text, now);
          String rpc = message(chat, text).replace("\"m\"", "\"" + id + "\"");
          return transaction.append(new RpcLog(id, rpc, sender.wallet(), now, now));
        });
  }

  private static void append(Platform platform, PlatformUser sender, String sig, String rpc)
      throws Exception {
    LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC);
    platform.append(new RpcLog(sig, rpc, sender.wallet(), now, now));
  }

  /** A client that does not read is evicted while messages wait for it. */
  private void evicted(
      TestGateway gateway, Platform platform, PlatformUser alice, String chat, WalletKey bob)
      throws Exception {
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4 * 1024);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()));
      String request =
          "GET "
              + signed(bob, System.currentTimeMillis(), Map.of())
              + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String large = text.repeat(2_000);
      Eventually.holds(
          "who does not read is evicted",
          60,
          () -> {
            try {
              platform.message(alice, chat, large);
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
            return gateway.metric("herald_connections_closed_total{reason=\"too_slow\"}") > 0;
          });
    }
  }

  private static void read(TestGateway gateway, StringBuilder into) throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    for (String path : ADMIN_PATHS) {
      URI uri = URI.create("http://127.0.0.1:" + gateway.gateway().adminPort() + path);
      into.append(
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
              .body());
    }
  }
}
