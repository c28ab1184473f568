package herald.gateway.connection;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import herald.gateway.admission.ClientAddress;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.LimitSettings;
import herald.gateway.config.Network;
import herald.gateway.config.Origin;
import herald.gateway.config.OriginSettings;
import herald.gateway.config.ProxySettings;
import herald.gateway.testing.RawSocket;
import herald.gateway.testing.TestGateway.Eventually;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Too many, from everywhere, and under false names. */
class CrowdIT {
  private final List<RawSocket> clients = new ArrayList<>();

  @AfterEach
  void closeClients() throws Exception {
    for (RawSocket client : clients) {
      client.close();
    }
  }

  private RawSocket connect(BareServer server, String source) throws Exception {
    RawSocket client = RawSocket.connect(server.port(), source);
    clients.add(client);
    return client;
  }

  private static BareServer server(LimitSettings limits, ProxySettings proxies) throws Exception {
    return new BareServer(
        BareServer.config()
            .admission(new AdmissionSettings(limits, proxies, OriginSettings.defaults()))
            .build());
  }

  private int status(BareServer server, String source, String before, String... headers)
      throws Exception {
    RawSocket client = connect(server, source);
    client.send(before + BareServer.request(headers));
    return client.status();
  }

  private static LimitSettings onePerAddress() {
    return withoutHold().connectionsPerAddress(1).build();
  }

  @Test
  void isRefusedCheaplyCountedAndLoggedSeldom() throws Exception {
    int refused = Sizes.of(300, 20_000);
    LimitSettings limits = withoutHold().connectionsPerAddress(5).connectionsPerUser(8).build();
    Logger logger = (Logger) LoggerFactory.getLogger(RejectionTracker.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try (BareServer server = server(limits, ProxySettings.defaults())) {
      for (int i = 0; i < 5; i++) {
        assertThat(status(server, "127.0.0.2", "")).isEqualTo(101);
      }
      for (int i = 0; i < 3; i++) {
        assertThat(status(server, "127.0.0.3", "")).isEqualTo(101);
      }
      assertThat(status(server, "127.0.0.3", "")).as("the user has eight").isEqualTo(429);
      long begin = System.nanoTime();
      for (int i = 0; i < refused; i++) {
        try (RawSocket client = RawSocket.connect(server.port(), "127.0.0.2")) {
          assertThat(client.status()).isEqualTo(429);
        }
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      assertThat(server.rejections(RejectReason.TOO_MANY_OF_ADDRESS)).isEqualTo(refused);
      assertThat(server.rejections(RejectReason.TOO_MANY_OF_USER)).isEqualTo(1);
      Eventually.holds("they are gone", 20, () -> server.server.openConnections() == 8);
      Sizes.figure(
          "%,d connections over the limit of one address: refused in %.1f s, one after the other;"
              + " %d log lines for both limits",
          refused, seconds, lines.list.size());
      assertThat(lines.list.size()).isLessThanOrEqualTo(2 + (int) seconds);
    } finally {
      logger.detachAppender(lines);
    }
  }

  @Test
  void allTogetherAreLimitedToo() throws Exception {
    LimitSettings limits = withoutHold().handshakesPerSecond(20).build();
    try (BareServer server = server(limits, ProxySettings.defaults())) {
      int refused = 0;
      for (int i = 0; i < 200; i++) {
        RawSocket client = connect(server, "127.0.0." + (2 + i % 100));
        client.send(BareServer.request());
        refused += client.status() == 503 ? 1 : 0;
      }
      assertThat(refused).isPositive();
      assertThat(server.rejections(RejectReason.TOO_MANY_HANDSHAKES)).isEqualTo(refused);
    }
  }

  private static LimitSettings.Builder withoutHold() {
    return LimitSettings.unlimitedBuilder().refusalHold(Duration.ZERO).maxHeld(0);
  }

  private static ProxySettings trusting(String network, boolean proxyProtocol) {
    return new ProxySettings(
        List.of(Network.parse(network)), proxyProtocol, ProxySettings.Header.X_FORWARDED_FOR);
  }

  @Test
  void aForgedHeaderIsIgnored() throws Exception {
    try (BareServer server = server(onePerAddress(), trusting("127.0.0.9", false))) {
      assertThat(status(server, "127.0.0.2", "", "X-Forwarded-For: 192.0.2.1")).isEqualTo(101);
      assertThat(status(server, "127.0.0.2", "", "X-Forwarded-For: 192.0.2.2")).isEqualTo(429);
      assertThat(status(server, "127.0.0.9", "", "X-Forwarded-For: 127.0.0.2"))
          .as("a trusted proxy is believed")
          .isEqualTo(429);
      assertThat(status(server, "127.0.0.9", "", "X-Forwarded-For: 127.0.0.2, 192.0.2.1"))
          .as("the right-most that is not trusted")
          .isEqualTo(101);
      assertThat(status(server, "127.0.0.9", "", "X-Forwarded-For: 192.0.2.8, 192.0.2.1"))
          .isEqualTo(429);
    }
  }

  private static String v1(String source) {
    return "PROXY TCP4 " + source + " 127.0.0.1 4711 8080\r\n";
  }

  private static String v2(String source) throws Exception {
    ByteBuffer header = ByteBuffer.allocate(28);
    header.put(new byte[] {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A});
    header.put((byte) 0x21).put((byte) 0x11).putShort((short) 12);
    header
        .put(requireNonNull(ClientAddress.parse(source)).inet().getAddress())
        .put(new byte[] {127, 0, 0, 1});
    header.putShort((short) 4711).putShort((short) 8080);
    return new String(header.array(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theProxyProtocolIsBelievedFromProxiesOnly() throws Exception {
    try (BareServer server = server(onePerAddress(), trusting("127.0.0.9", true))) {
      assertThat(status(server, "127.0.0.2", v1("192.0.2.1"))).as("forged").isEqualTo(400);
      assertThat(status(server, "127.0.0.2", v2("192.0.2.1"))).as("forged").isEqualTo(400);
      assertThat(status(server, "127.0.0.9", v1("192.0.2.1"))).isEqualTo(101);
      assertThat(status(server, "127.0.0.9", v2("192.0.2.1"))).isEqualTo(429);
      assertThat(status(server, "127.0.0.9", v2("192.0.2.2"))).isEqualTo(101);
      assertThat(status(server, "127.0.0.9", v1("192.0.2.2"))).isEqualTo(429);
      assertThat(status(server, "127.0.0.9", v1("192.0.2.3"), "X-Forwarded-For: 192.0.2.1"))
          .as("who the proxy says is not trusted, so its header is not read")
          .isEqualTo(101);
      RawSocket without = connect(server, "127.0.0.9");
      without.send(BareServer.request());
      assertThat(without.readToEnd()).as("the header has to be there").isEmpty();
      Eventually.holds(
          "it is counted", 20, () -> server.rejections(RejectReason.BAD_PROXY_HEADER) == 1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.com, 101",
    "https://example.com:443, 101",
    "https://evilexample.com, 403",
    "https://example.com.evil.net, 403",
    "https://example.com:8443, 403",
    "null, 403",
    "'', 101",
  })
  void originsGoByTheStatedPolicy(String origin, int expected) throws Exception {
    AdmissionSettings settings =
        new AdmissionSettings(
            LimitSettings.unlimited(),
            ProxySettings.defaults(),
            new OriginSettings(Set.of(new Origin("https", "example.com", 443)), false));
    try (BareServer server = new BareServer(BareServer.config().admission(settings).build())) {
      String[] headers = origin.isEmpty() ? new String[0] : new String[] {"Origin: " + origin};
      assertThat(status(server, "127.0.0.2", "", headers)).isEqualTo(expected);
    }
  }
}
