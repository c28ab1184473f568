package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import herald.gateway.config.ByteSize;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.config.TlsSettings;
import herald.gateway.supervision.Place;
import herald.gateway.testing.RawSocket;
import herald.gateway.testing.TestCertificates;
import herald.gateway.testing.TestGateway.Eventually;
import herald.gateway.tls.ServerTls;
import io.netty.handler.ssl.OpenSsl;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** TLS on the gateway itself, over real sockets. */
class ServerTlsIT {
  private static final int RELOAD_MILLIS = 100;

  @TempDir private Path folder;
  private final Logger log = (Logger) LoggerFactory.getLogger(ServerTls.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private TlsSettings settings;

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    log.detachAppender(lines);
  }

  private boolean hasRefusedAPair() {
    return List.copyOf(lines.list).stream()
        .anyMatch(line -> line.getFormattedMessage().contains("has changed and can't be used"));
  }

  @BeforeEach
  void writeFiles() throws Exception {
    settings =
        new TlsSettings(
            folder.resolve("tls.crt"), folder.resolve("tls.key"), Duration.ofMillis(RELOAD_MILLIS));
    TestCertificates.write(settings, TestCertificates.selfSigned("first"));
  }

  /** Believes every certificate: what is tested is which one is shown. */
  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static SSLSocket connect(int port, int receiveBuffer, String... protocols)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, null);
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
    socket.setSoTimeout(20_000);
    if (protocols.length > 0) {
      socket.setEnabledProtocols(protocols);
    }
    socket.startHandshake();
    return socket;
  }

  private static String name(SSLSocket socket) throws Exception {
    X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return certificate.getSubjectX500Principal().getName();
  }

  private static String read(SSLSocket socket, String until) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(until) < 0) {
      int b = socket.getInputStream().read();
      assertThat(b).as("ended after: " + text).isNotNegative();
      text.append((char) b);
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void servesBothVersions(String version) throws Exception {
    try (BareServer server = new BareServer(BareServer.config().tls(settings).build());
        SSLSocket socket = connect(server.port(), 0, version);
        RawSocket client = new RawSocket(socket)) {
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
      client.send(BareServer.request());
      assertThat(client.status()).isEqualTo(101);
      Eventually.holds("it has its place", 20, () -> server.dispatcher.openCursors() == 1);
      server.publish("hello");
      read(socket, "hello");
    }
  }

  @Test
  void usesBoringSslWhereItLoads() throws Exception {
    try (BareServer server = new BareServer(BareServer.config().tls(settings).build())) {
      assertThat(server.server.transportName())
          .endsWith(OpenSsl.isAvailable() ? "TLS by BoringSSL" : "TLS by the JDK");
    }
  }

  @Test
  void showsANewCertificateAndDropsNobody() throws Exception {
    try (BareServer server = new BareServer(BareServer.config().tls(settings).build());
        SSLSocket before = connect(server.port(), 0);
        RawSocket client = new RawSocket(before)) {
      assertThat(name(before)).isEqualTo("CN=first");
      client.send(BareServer.request());
      assertThat(client.status()).isEqualTo(101);
      Eventually.holds("it has its place", 20, () -> server.dispatcher.openCursors() == 1);
      X509Bundle second = TestCertificates.selfSigned("second");
      TestCertificates.writeCertificate(settings, second);
      Eventually.holds(
          "half a pair is found",
          20,
          () -> {
            assertThat(shown(server)).as("half a pair is not used").isEqualTo("CN=first");
            return hasRefusedAPair();
          });
      assertThat(shown(server)).as("half a pair is not used").isEqualTo("CN=first");
      TestCertificates.writeKey(settings, second);
      Eventually.holds("the new one is shown", 20, () -> shown(server).equals("CN=second"));
      server.publish("hello");
      read(before, "hello");
    }
  }

  private static String shown(BareServer server) {
    try (SSLSocket socket = connect(server.port(), 0)) {
      return name(socket);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Of three gigabytes: reading it is an OutOfMemoryError whatever the heap. */
  private static void makeHuge(Path file) throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }
  }

  @Test
  void anErrorWhileReloadingCostsThatReloadAlone() throws Exception {
    try (BareServer server = new BareServer(BareServer.config().tls(settings).build())) {
      makeHuge(settings.certificates());
      Eventually.holds(
          "several reloads fail", 20, () -> server.supervisor.failures().count(Place.TLS) >= 2);
      assertThat(shown(server)).isEqualTo("CN=first");
      X509Bundle second = TestCertificates.selfSigned("second");
      Files.delete(settings.certificates());
      TestCertificates.write(settings, second);
      Eventually.holds("the new one is shown", 20, () -> shown(server).equals("CN=second"));
      assertThat(server.supervisor.problem()).isNull();
    }
  }

  @Test
  void endsWhoStallsInTheHandshakeAtTheDeadline() throws Exception {
    HandshakeSettings quick = HandshakeSettings.builder().deadline(Duration.ofSeconds(1)).build();
    try (BareServer server =
            new BareServer(BareServer.config().tls(settings).handshakes(quick).build());
        RawSocket silent = RawSocket.connect(server.port());
        RawSocket begun = RawSocket.connect(server.port());
        RawSocket plain = RawSocket.connect(server.port())) {
      // The first bytes of a ClientHello record that says it is longer.
      begun.send(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xFC, 3, 3});
      plain.send("GET / HTTP/1.1\r\n\r\n");
      plain.readToEnd();
      silent.readToEnd();
      begun.readToEnd();
      Eventually.holds("all are gone", 20, () -> server.server.openConnections() == 0);
      assertThat(server.rejections(RejectReason.TIMED_OUT)).isEqualTo(2);
      assertThat(server.rejections(RejectReason.BAD_TLS)).isEqualTo(1);
    }
  }

  @Test
  void evictsWhoDoesNotReadWithinTheSameBound() throws Exception {
    ConnectionSettings small =
        ConnectionSettings.builder()
            .maxConnections(10)
            .writeDeadline(Duration.ofSeconds(1))
            .highWatermark(ByteSize.ofKibibytes(16))
            .lowWatermark(ByteSize.ofKibibytes(8))
            .sendBuffer(ByteSize.ofKibibytes(8))
            .closeTimeout(Duration.ofSeconds(1))
            .build();
    String text = "x".repeat(4_000);
    List<Socket> open = new ArrayList<>();
    try (BareServer server =
        new BareServer(BareServer.config().tls(settings).connections(small).build())) {
      SSLSocket socket = connect(server.port(), 4 * 1024);
      open.add(socket);
      RawSocket client = new RawSocket(socket);
      client.send(BareServer.request());
      assertThat(client.status()).isEqualTo(101);
      Eventually.holds("it has its place", 20, () -> server.dispatcher.openCursors() == 1);
      for (int i = 0; i < 2_000; i++) {
        server.publish(text);
      }
      Eventually.holds("it is gone", 20, () -> server.server.openConnections() == 0);
      Eventually.holds("as too slow", 20, () -> server.ends(CloseReason.TOO_SLOW) == 1);
      Eventually.holds("where it was is known", 20, () -> server.dispatcher.remembered() == 1);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }
}
