package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.config.LimitSettings;
import herald.gateway.config.Origin;
import herald.gateway.config.OriginSettings;
import herald.gateway.config.ProxySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With {@code --refuse-with-close}, a client that is refused sees why. */
class RejectionTest {
  private static final String PEER = "203.0.113.7";
  private static final int MAX_HELD = 2;
  private static final String NOW = "/comms/chats/ws?timestamp=" + Wire.nowMillis();
  private static final String SIGNED =
      NOW + "&signature=" + Base64.getEncoder().encodeToString(new byte[65]).replace("=", "%3D");
  private static final String UPGRADE =
      "Host: x\r\nOrigin: https://app.example\r\nUpgrade: WebSocket\r\n"
          + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  private static final String OPENED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

  private final List<Wire> wires = new ArrayList<>();

  @AfterEach
  void finish() {
    wires.forEach(Wire::finish);
  }

  private Wire wire() {
    Wire wire = new Wire();
    wires.add(wire);
    return wire;
  }

  /** One connection of each address, and so many that are held. */
  private HandshakeContext shared(boolean withClose, int holdMillis) {
    return shared(wire(), withClose, holdMillis);
  }

  /** The same; signatures are decided by this wire. */
  private static HandshakeContext shared(Wire wire, boolean withClose, int holdMillis) {
    LimitSettings limits =
        LimitSettings.unlimitedBuilder()
            .connectionsPerAddress(1)
            .refusalHold(Duration.ofMillis(holdMillis))
            .maxHeld(MAX_HELD)
            .build();
    return wire.handshakeContext(
        new AdmissionSettings(
            limits,
            ProxySettings.defaults(),
            new OriginSettings(Set.of(Origin.parse("https://app.example")), true)),
        HandshakeSettings.builder().refuseWithClose(withClose).build());
  }

  private Wire accept(HandshakeContext shared, String peer) {
    return wire().accepted(shared, peer);
  }

  private static String get(String uri) {
    return "GET " + uri + " HTTP/1.1\r\n" + UPGRADE + "\r\n";
  }

  private static String frame(int code, String sentence) {
    return "\u0088"
        + (char) (2 + sentence.length())
        + (char) (code >> 8)
        + (char) (code & 0xff)
        + sentence;
  }

  private static void assertClosed(Wire wire, int code, RejectReason reason) {
    assertThat(wire.sentText()).isEqualTo(OPENED + frame(code, reason.sentence()));
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(wire.rejections(reason)).isEqualTo(1);
    assertThat(wire.dispatcher.openCursors()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "/other, NOT_FOUND, 4404",
    "/comms/chats/ws, NO_TIMESTAMP, 4400",
    "/comms/chats/ws?a=%zz, MALFORMED_QUERY, 4400",
    "/comms/chats/ws?timestamp=1, EXPIRED, 4401",
    "NOW, NO_SIGNATURE, 4401",
    "NOW&signature=abcd, MALFORMED_SIGNATURE, 4400",
  })
  void theCodeOfARequestThatIsWrong(String uri, RejectReason reason, int code) {
    Wire wire = accept(shared(true, 1_000), PEER);
    wire.receive(get(uri.replace("NOW", NOW)));
    assertThat(wire.sentText()).as("it is held as long as a response").isEmpty();
    assertThat(wire.rejections().held()).isEqualTo(1);
    wire.pass(3);
    assertThat(wire.rejections().held()).isZero();
    assertClosed(wire, code, reason);
  }

  @Test
  void theCodeOfAForeignOrigin() {
    Wire wire = accept(shared(true, 0), PEER);
    wire.receive(get(SIGNED).replace("app.example", "other.example"));
    assertClosed(wire, 4403, RejectReason.BAD_ORIGIN);
  }

  @ParameterizedTest
  @CsvSource({
    "BAD_SIGNATURE, 4401",
    "REUSED, 4401",
    "UNKNOWN_WALLET, 4403",
    "OVERLOADED, 4503",
    "UNAVAILABLE, 4503",
  })
  void theCodeOfWhoIsNotAuthenticated(AuthOutcome.Reason reason, int code) {
    Wire wire = wire();
    wire.accepted(shared(wire, true, 0), PEER);
    wire.receive(get(SIGNED));
    wire.answer.complete(new AuthOutcome.Refused(reason));
    wire.settle();
    assertClosed(wire, code, RejectReason.of(reason));
  }

  @Test
  void theCodeOfWhoIsOverALimitBeforeTheRequestHasCome() {
    HandshakeContext shared = shared(true, 1_000);
    accept(shared, PEER);
    Wire second = accept(shared, PEER);
    for (char c : get(SIGNED).replace("Sec-WebSocket-Key", "sec-websocket-KEY").toCharArray()) {
      second.receive(String.valueOf(c));
    }
    assertThat(second.sentText()).isEmpty();
    second.pass(3);
    assertClosed(second, 4429, RejectReason.TOO_MANY_OF_ADDRESS);
  }

  @ParameterizedTest
  @CsvSource({
    "GET /, POST /",
    "##, #",
    "Upgrade: WebSocket, Upgrade: h2c",
    "Version: 13, Version: 8",
    "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ",
    "Sec-WebSocket-Key, X-Key",
    "Host: x, Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Host: x, Sec-WebSocket-Key: 12345678901234567890123456789012345678901234567890",
    // Its first 64 characters are the line of a valid key.
    "Key: dGhlIHNhbXBsZSBub25jZQ==, 'Key:                      dGhlIHNhbXBsZSBub25jZQ==x'",
  })
  void aLimitWithoutAnUpgradeGetsTheResponse(String there, String instead) {
    HandshakeContext shared = shared(true, 1_000);
    accept(shared, PEER);
    Wire second = accept(shared, PEER);
    second.receive(get(SIGNED).replace("\r\n", "#").replace(there, instead).replace("#", "\r\n"));
    second.pass(3);
    assertThat(second.sentText()).startsWith("HTTP/1.1 429 ");
  }

  @Test
  void aSecondRequestIsNotTakenForTheFirst() {
    Wire wire = accept(shared(true, 1_000), PEER);
    wire.receive("GET /other HTTP/1.1\r\nHost: x\r\n\r\n" + get(SIGNED));
    wire.receive(get(SIGNED));
    wire.pass(3);
    assertThat(wire.sentText()).startsWith("HTTP/1.1 404 ");
  }

  @ParameterizedTest
  @CsvSource({
    "Host: x, Content-Length: 5, 400",
    "WebSocket, h2c, 426",
    "Host: x, X: y, 400",
  })
  void whatIsNoUpgradeGetsTheResponse(String there, String instead, int status) {
    Wire wire = accept(shared(true, 0), PEER);
    wire.receive(get(SIGNED).replace(there, instead));
    assertThat(wire.sentText()).startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void heldSocketsAreBoundedAndReadAsFar() {
    HandshakeContext shared = shared(true, 1_000);
    accept(shared, PEER);
    List<Wire> held = new ArrayList<>();
    for (int i = 0; i < MAX_HELD; i++) {
      held.add(accept(shared, PEER));
    }
    Wire beyond = accept(shared, PEER);
    assertThat(beyond.sentText()).as("at once, before the request").startsWith("HTTP/1.1 429 ");
    assertThat(beyond.channel.isOpen()).isFalse();
    Wire first = held.get(0);
    first.receive("GET / HTTP/1.1\r\nX: " + "x".repeat(RequestDecoder.MAX_DISCARDED_BYTES));
    assertThat(first.channel.config().isAutoRead()).as("nothing more is read").isFalse();
  }

  @Test
  void withoutTheOptionAllGetTheResponse() {
    Wire wire = accept(shared(false, 0), PEER);
    wire.receive(get("/other"));
    assertThat(wire.sentText()).startsWith("HTTP/1.1 404 ");
    HandshakeContext shared = shared(false, 1_000);
    accept(shared, PEER);
    Wire second = accept(shared, PEER);
    second.receive(get(SIGNED));
    second.pass(3);
    assertThat(second.sentText()).startsWith("HTTP/1.1 429 ");
  }
}
