package herald.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import herald.gateway.config.AdminSettings;
import herald.gateway.config.DrainSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HostPort;
import herald.gateway.config.TlsSettings;
import herald.gateway.testing.TestGateway;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** TLS and a token on the admin address. */
class AdminAccessTest {
  private static final String TOKEN = "0123456789abcdef";
  private static final Duration RELOAD = Duration.ofMillis(100);

  @TempDir private Path folder;
  private @Nullable AdminServer server;

  private AdminServer start(AdminSettings settings) throws IOException {
    GatewayConfig config =
        TestGateway.config("postgresql://nobody@127.0.0.1:1/none").toBuilder()
            .admin(settings)
            .build();
    AdminServer made =
        new AdminServer(
            config,
            new AdminPages(
                contentType -> "figures",
                () -> null,
                () -> {},
                new StatusReport(
                    DrainSettings.defaults(),
                    new SimpleMeterRegistry(),
                    () -> "",
                    () -> "",
                    () -> CompletableFuture.completedFuture(List.of())),
                new UserReport(
                    user -> CompletableFuture.failedFuture(new IllegalStateException()),
                    () -> Instant.EPOCH)),
            () -> {},
            failure -> {});
    server = made;
    made.start();
    return made;
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
  }

  private static String ask(Socket socket, String method, String path, String authorization)
      throws IOException {
    String header = authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n";
    socket
        .getOutputStream()
        .write(
            (method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + header + "\r\n")
                .getBytes(StandardCharsets.UTF_8));
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String ask(int port, String method, String path, String authorization)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return ask(socket, method, path, authorization);
    }
  }

  private static int status(int port, String method, String path, String authorization)
      throws IOException {
    return Integer.parseInt(ask(port, method, path, authorization).substring(9, 12));
  }

  private static String basic(String credentials) {
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void withoutTheTokenProbesAloneAreAnswered() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    int port = start(new AdminSettings(null, file)).port();
    for (String path : List.of("/metrics", "/", "/status", "/status?user=1", "/log-level", "/x")) {
      assertThat(status(port, "GET", path, "")).as(path).isEqualTo(401);
    }
    assertThat(status(port, "POST", "/drain", "")).isEqualTo(401);
    assertThat(status(port, "POST", "/log-level?level=trace", "")).isEqualTo(401);
    assertThat(status(port, "POST", "/livez", "")).isEqualTo(401);
    for (String path : List.of("/livez", "/readyz", "/readyz?x")) {
      assertThat(status(port, "GET", path, "")).as(path).isEqualTo(200);
      assertThat(status(port, "HEAD", path, "")).as(path).isEqualTo(200);
    }
    for (String wrong :
        List.of(
            "Bearer",
            "Bearer ",
            "Bearer " + TOKEN + "0",
            "Bearer " + TOKEN.substring(1),
            TOKEN,
            "Basic " + TOKEN,
            "Basic !",
            basic("me:"),
            basic(TOKEN + ":me"))) {
      assertThat(status(port, "GET", "/metrics", wrong)).as(wrong).isEqualTo(401);
    }
    for (String right :
        List.of("Bearer " + TOKEN, "bearer  " + TOKEN, basic("me:" + TOKEN), basic(":" + TOKEN))) {
      assertThat(status(port, "GET", "/metrics", right)).as(right).isEqualTo(200);
    }
    assertThat(ask(port, "GET", "/metrics", ""))
        .containsIgnoringCase("\r\nwww-authenticate: Bearer, Basic realm=\"herald\"\r\n")
        .doesNotContain("figures", TOKEN);
  }

  @Test
  void theTokenIsReadAgainForEachRequest() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), TOKEN);
    int port = start(new AdminSettings(null, file)).port();
    assertThat(status(port, "GET", "/metrics", "Bearer " + TOKEN)).isEqualTo(200);
    Files.writeString(file, "another token that is long enough");
    assertThat(status(port, "GET", "/metrics", "Bearer " + TOKEN)).isEqualTo(401);
    assertThat(status(port, "GET", "/metrics", "Bearer another token that is long enough"))
        .isEqualTo(200);
    Files.writeString(file, "");
    assertThat(status(port, "GET", "/metrics", "")).isEqualTo(401);
    assertThat(status(port, "GET", "/metrics", "Bearer ")).isEqualTo(401);
    assertThat(status(port, "GET", "/metrics", "Bearer another token that is long enough"))
        .as("what the file held before")
        .isEqualTo(200);
  }

  @Test
  void whatIsNoTokenIsRefusedAtTheStart() throws IOException {
    Path shortOne = Files.writeString(folder.resolve("short"), "0123456789abcde \n");
    for (Path file : List.of(shortOne, folder.resolve("none"))) {
      assertThatThrownBy(() -> start(new AdminSettings(null, file)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the token file %s holds no token (expected: a readable file with 16 characters or"
                  + " more)",
              file);
    }
  }

  private X509Certificate writePair(TlsSettings settings, String name) throws Exception {
    X509Bundle bundle =
        new CertificateBuilder()
            .subject("CN=" + name)
            .algorithm(CertificateBuilder.Algorithm.ecp256)
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Files.writeString(settings.certificates(), bundle.getCertificatePathPEM());
    Files.writeString(settings.privateKey(), bundle.getPrivateKeyPEM());
    return bundle.getCertificate();
  }

  private static String askTls(int port, X509Certificate trusted) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("x", trusted);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      return ask(socket, "GET", "/metrics", "");
    }
  }

  @Test
  void isServedOverTlsAndACertificateThatIsReplacedIsUsed() throws Exception {
    TlsSettings tls = new TlsSettings(folder.resolve("a.crt"), folder.resolve("a.key"), RELOAD);
    assertThatThrownBy(() -> start(new AdminSettings(tls, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can't be used (expected: readable PEM files");
    X509Certificate first = writePair(tls, "first");
    int port = start(new AdminSettings(tls, null)).port();
    assertThat(askTls(port, first)).startsWith("HTTP/1.1 200 ").endsWith("figures");
    assertThat(ask(port, "GET", "/livez", "")).as("without TLS").doesNotContain("200");

    X509Certificate second = writePair(tls, "second");
    TestGateway.Eventually.holds("the new certificate is used", 20, () -> trusts(port, second));
    ListAppender<ILoggingEvent> lines = linesOf(AdminTls.class);
    Files.writeString(tls.certificates(), "no certificate");
    TestGateway.Eventually.holds(
        "the old certificate goes on, and the new one is complained of",
        20,
        () ->
            trusts(port, second)
                && lines.list.stream()
                    .anyMatch(line -> line.getFormattedMessage().contains("can't be used")));
  }

  private static ListAppender<ILoggingEvent> linesOf(Class<?> type) {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    ((Logger) LoggerFactory.getLogger(type)).addAppender(lines);
    return lines;
  }

  private static boolean trusts(int port, X509Certificate certificate) {
    try {
      return askTls(port, certificate).endsWith("figures");
    } catch (Exception e) {
      return false;
    }
  }

  @Test
  void anAddressThatOthersReachIsWarnedOf() throws IOException {
    for (String own : List.of("127.0.0.1:9090", "127.0.0.7:0", "[::1]:9090", "localhost:1")) {
      assertThat(AdminServer.exposure(HostPort.parse(own), false, false)).as(own).isNull();
    }
    for (String open : List.of("0.0.0.0:9090", "[::]:9090", "192.0.2.1:9090")) {
      HostPort address = HostPort.parse(open);
      assertThat(AdminServer.exposure(address, false, false))
          .startsWith("whoever reaches " + open + " may ")
          .contains("(expected: --admin-token-file, or ");
      assertThat(AdminServer.exposure(address, false, true)).startsWith("whoever reaches ");
      assertThat(AdminServer.exposure(address, true, false))
          .startsWith("the token of " + open + " is sent unencrypted (expected: --admin-tls-");
      assertThat(AdminServer.exposure(address, true, true)).isNull();
    }
  }
}
