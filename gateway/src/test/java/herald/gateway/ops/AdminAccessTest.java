package herald.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import herald.gateway.config.AdminSettings;
import herald.gateway.config.HostPort;
import herald.gateway.config.TlsSettings;
import herald.gateway.testing.TestCertificates;
import herald.gateway.testing.TestGateway;
import herald.gateway.tls.ServerTls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
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
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private @Nullable AdminServer server;

  private AdminServer start(AdminSettings settings) throws IOException {
    AdminServer made = AdminServers.start(settings, registry);
    server = made;
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
    int port = start(new AdminSettings(null, null, file)).port();
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
    int port = start(new AdminSettings(null, null, file)).port();
    assertThat(status(port, "GET", "/metrics", "Bearer " + TOKEN)).isEqualTo(200);
    Files.writeString(file, "another token that is long enough");
    assertThat(status(port, "GET", "/metrics", "Bearer " + TOKEN)).isEqualTo(401);
    assertThat(status(port, "GET", "/metrics", "Bearer another token that is long enough"))
        .isEqualTo(200);
    ListAppender<ILoggingEvent> lines = linesOf(AdminToken.class);
    Files.writeString(file, "");
    assertThat(status(port, "GET", "/metrics", "")).isEqualTo(401);
    assertThat(status(port, "GET", "/metrics", "Bearer ")).isEqualTo(401);
    assertThat(status(port, "GET", "/metrics", "Bearer another token that is long enough"))
        .as("what the file held before")
        .isEqualTo(200);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "the token file "
                + file
                + " holds no token (expected: a readable file with 16 characters or more); the"
                + " token before goes on");
    assertThat(successful("admin_token")).isZero();
    Files.writeString(file, TOKEN);
    assertThat(status(port, "GET", "/metrics", "Bearer " + TOKEN)).isEqualTo(200);
    assertThat(successful("admin_token")).isEqualTo(1);
    assertThat(registry.get("herald.reload.failures").tag("files", "admin_token").counter().count())
        .isEqualTo(3);
  }

  private double successful(String files) {
    return registry.get("herald.reload.last.successful").tag("files", files).gauge().value();
  }

  @Test
  void whatIsNoTokenIsRefusedAtTheStart() throws IOException {
    for (String text :
        List.of("0123456789abcd\u00e9f", "01234567\n89abcdef", "01234567\t89abcdef")) {
      Path file = Files.writeString(folder.resolve("other"), text);
      assertThatThrownBy(() -> start(new AdminSettings(null, null, file)))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the token file %s holds more than printable ASCII characters (expected: one line of"
                  + " these alone)",
              file);
    }
    Path shortOne = Files.writeString(folder.resolve("short"), "0123456789abcde \n");
    for (Path file : List.of(shortOne, folder.resolve("none"))) {
      assertThatThrownBy(() -> start(new AdminSettings(null, null, file)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the token file %s holds no token (expected: a readable file with 16 characters or"
                  + " more)",
              file);
    }
  }

  private TlsSettings tls() {
    return new TlsSettings(folder.resolve("a.crt"), folder.resolve("a.key"), RELOAD);
  }

  private static String askTls(int port, String path, SSLContext client) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      return ask(socket, "GET", path, "");
    }
  }

  private static boolean shows(int port, X509Bundle server) {
    try {
      SSLContext client = TestCertificates.client(server.getCertificate(), null);
      return askTls(port, "/metrics", client).endsWith("figures");
    } catch (Exception e) {
      return false;
    }
  }

  @Test
  void isServedOverTlsAndACertificateThatIsReplacedIsUsed() throws Exception {
    TlsSettings tls = tls();
    X509Bundle first = TestCertificates.selfSigned("first");
    TestCertificates.write(tls, first);
    int port = start(new AdminSettings(tls, null, null)).port();
    assertThat(shows(port, first)).isTrue();
    assertThat(ask(port, "GET", "/livez", "")).as("without TLS").doesNotContain("200");

    X509Bundle second = TestCertificates.selfSigned("second");
    ListAppender<ILoggingEvent> lines = linesOf(ServerTls.class);
    TestCertificates.writeCertificate(tls, second);
    TestGateway.Eventually.holds(
        "half a pair is complained of",
        20,
        () ->
            List.copyOf(lines.list).stream()
                .anyMatch(line -> line.getFormattedMessage().contains("can't be used, the one")));
    assertThat(shows(port, first)).as("the certificate before goes on").isTrue();
    assertThat(successful("admin_tls")).isZero();
    TestCertificates.writeKey(tls, second);
    TestGateway.Eventually.holds("the new certificate is used", 20, () -> shows(port, second));
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsRefusedAtTheStart() throws Exception {
    TlsSettings tls = tls();
    TestCertificates.writeCertificate(tls, TestCertificates.selfSigned("first"));
    TestCertificates.writeKey(tls, TestCertificates.selfSigned("second"));
    assertThatThrownBy(() -> start(new AdminSettings(tls, null, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the certificate %s with the key %s can't be used: the key is not the certificate's"
                + " (expected: readable PEM files that belong together, the key as PKCS #8 without"
                + " a password)",
            tls.certificates(), tls.privateKey());
  }

  /** A pipe into which nobody writes: whoever reads it waits. */
  @Test
  void filesThatAreReadSlowlyHoldUpNoRequest() throws Exception {
    TlsSettings tls = tls();
    X509Bundle first = TestCertificates.selfSigned("first");
    TestCertificates.write(tls, first);
    int port = start(new AdminSettings(tls, null, null)).port();
    Files.delete(tls.privateKey());
    assertThat(new ProcessBuilder("mkfifo", tls.privateKey().toString()).start().waitFor())
        .isZero();
    try (OutputStream opened =
        CompletableFuture.supplyAsync(() -> open(tls.privateKey())).get(20, TimeUnit.SECONDS)) {
      assertThat(opened).as("opens when the reader does").isNotNull();
      assertThat(shows(port, first)).isTrue();
    }
  }

  private static OutputStream open(Path pipe) {
    try {
      return Files.newOutputStream(pipe);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void withoutAClientCertificateProbesAloneAreAnswered() throws Exception {
    X509Bundle authority = TestCertificates.selfSigned("authority");
    X509Bundle stranger = TestCertificates.selfSigned("stranger");
    X509Bundle mine = TestCertificates.issuedBy(authority, "me");
    X509Bundle ofServer = TestCertificates.selfSigned("server");
    Path authorities = Files.writeString(folder.resolve("ca.crt"), authority.getCertificatePEM());
    TlsSettings tls = tls();
    TestCertificates.write(tls, ofServer);
    Path token = Files.writeString(folder.resolve("token"), TOKEN);
    int port = start(new AdminSettings(tls, authorities, null)).port();
    SSLContext nobody = TestCertificates.client(ofServer.getCertificate(), null);
    SSLContext me = TestCertificates.client(ofServer.getCertificate(), mine);
    assertThat(askTls(port, "/metrics", me)).startsWith("HTTP/1.1 200 ").endsWith("figures");
    assertThat(askTls(port, "/livez", nobody)).startsWith("HTTP/1.1 200 ");
    assertThat(askTls(port, "/readyz", nobody)).startsWith("HTTP/1.1 200 ");
    assertThat(askTls(port, "/metrics", nobody))
        .startsWith("HTTP/1.1 403 ")
        .contains("a client certificate is missing")
        .doesNotContain("figures");
    assertThat(isAnswered(port, TestCertificates.client(ofServer.getCertificate(), stranger)))
        .as("of another authority")
        .isFalse();

    Files.writeString(authorities, stranger.getCertificatePEM());
    TestGateway.Eventually.holds(
        "whose authority is not trusted any more is not let in", 20, () -> !isAnswered(port, me));
    close();
    Files.writeString(authorities, authority.getCertificatePEM());
    int portOfBoth = start(new AdminSettings(tls, authorities, token)).port();
    assertThat(askTls(portOfBoth, "/metrics", me)).as("the token too").startsWith("HTTP/1.1 401 ");
  }

  /** The handshake may fail on this side, or with what is read. */
  private static boolean isAnswered(int port, SSLContext client) {
    try {
      return askTls(port, "/metrics", client).startsWith("HTTP/1.1 200 ");
    } catch (IOException e) {
      return false;
    }
  }

  private static ListAppender<ILoggingEvent> linesOf(Class<?> type) {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    ((Logger) LoggerFactory.getLogger(type)).addAppender(lines);
    return lines;
  }

  @Test
  void anAddressThatOthersReachIsWarnedOf() throws IOException {
    AdminSettings anybody = AdminSettings.defaults();
    AdminSettings token = new AdminSettings(null, null, folder);
    AdminSettings tls = new AdminSettings(tls(), null, null);
    AdminSettings tokenAndTls = new AdminSettings(tls(), null, folder);
    AdminSettings clients = new AdminSettings(tls(), folder, null);
    for (String own : List.of("127.0.0.1:9090", "127.0.0.7:0", "[::1]:9090", "localhost:1")) {
      assertThat(AdminAccess.exposure(HostPort.parse(own), anybody)).as(own).isNull();
    }
    for (String open : List.of("0.0.0.0:9090", "[::]:9090", "192.0.2.1:9090")) {
      HostPort address = HostPort.parse(open);
      assertThat(AdminAccess.exposure(address, anybody))
          .startsWith("whoever reaches " + open + " may ")
          .contains("(expected: --admin-token-file, --admin-client-ca, or ");
      assertThat(AdminAccess.exposure(address, tls)).startsWith("whoever reaches ");
      assertThat(AdminAccess.exposure(address, token))
          .startsWith("the token of " + open + " is sent unencrypted (expected: --admin-tls-");
      assertThat(AdminAccess.exposure(address, tokenAndTls)).isNull();
      assertThat(AdminAccess.exposure(address, clients)).isNull();
    }
  }
}
