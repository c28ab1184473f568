package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.LimitSettings;
import herald.gateway.config.Network;
import herald.gateway.config.OriginSettings;
import herald.gateway.config.ProxySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is over a limit is refused in good time, and costs a bounded amount until then. */
class LimitsTest {
  private static final String PEER = "203.0.113.7";
  private static final int MAX_HELD = 3;

  private final List<Wire> wires = new ArrayList<>();

  @AfterEach
  void finish() {
    wires.forEach(Wire::finish);
  }

  private static AdmissionSettings onePerAddress(int holdMillis) {
    return AdmissionSettings.of(
        LimitSettings.unlimitedBuilder()
            .connectionsPerAddress(1)
            .refusalHold(Duration.ofMillis(holdMillis))
            .maxHeld(MAX_HELD)
            .build());
  }

  private Wire accept(HandshakeContext handshakeContext, String peer) {
    Wire wire = new Wire().accepted(handshakeContext, peer);
    wires.add(wire);
    return wire;
  }

  private HandshakeContext handshakeContext(AdmissionSettings settings) {
    Wire wire = new Wire();
    wires.add(wire);
    return wire.handshakeContext(settings);
  }

  @Test
  void holdsWhoIsRefusedAndThenAnswers() {
    HandshakeContext handshakeContext = handshakeContext(onePerAddress(1_000));
    accept(handshakeContext, PEER);
    Wire second = accept(handshakeContext, PEER);
    second.receive("GET / HTTP/1.1\r\n\r\n");
    assertThat(second.sentText()).isEmpty();
    second.receive("x".repeat(RequestDecoder.MAX_DISCARDED_BYTES));
    assertThat(second.channel.config().isAutoRead()).as("nothing more is read").isFalse();
    assertThat(second.sentText()).isEmpty();
    second.pass(3);
    assertThat(second.sentText()).startsWith("HTTP/1.1 429 ").contains("Retry-After: ");
    assertThat(second.channel.isOpen()).isFalse();
    assertThat(handshakeContext.rejections().count(RejectReason.TOO_MANY_OF_ADDRESS)).isEqualTo(1);
    assertThat(accept(handshakeContext, "203.0.113.8").channel.isOpen()).isTrue();
  }

  @Test
  void holdsABoundedNumber() {
    HandshakeContext handshakeContext = handshakeContext(onePerAddress(1_000));
    accept(handshakeContext, PEER);
    List<Wire> held = new ArrayList<>();
    for (int i = 0; i < MAX_HELD; i++) {
      held.add(accept(handshakeContext, PEER));
      assertThat(held.get(i).channel.isOpen()).isTrue();
    }
    Wire beyond = accept(handshakeContext, PEER);
    assertThat(beyond.sentText()).startsWith("HTTP/1.1 429 ");
    assertThat(beyond.channel.isOpen()).isFalse();
    held.get(0).channel.close();
    assertThat(accept(handshakeContext, PEER).channel.isOpen())
        .as("a place is free again")
        .isTrue();
    held.get(1).pass(3);
    assertThat(accept(handshakeContext, PEER).channel.isOpen()).as("another one is").isTrue();
    assertThat(accept(handshakeContext, PEER).channel.isOpen()).as("and no third").isFalse();
  }

  @Test
  void holdsARequestThatIsWrongEachTimeWithinTheSameBound() {
    HandshakeContext handshakeContext = handshakeContext(onePerAddress(1_000));
    String tooLong = "GET / HTTP/1.1\r\nHost: x\r\nCookie: " + "c".repeat(17_000) + "\r\n\r\n";
    for (int i = 0; i < MAX_HELD; i++) {
      Wire held = accept(handshakeContext, PEER);
      held.receive(tooLong);
      assertThat(held.channel.isOpen()).isTrue();
      assertThat(held.sentText()).isEmpty();
    }
    assertThat(handshakeContext.rejections().held()).isEqualTo(MAX_HELD);
    Wire beyond = accept(handshakeContext, PEER);
    beyond.receive(tooLong);
    assertThat(beyond.sentText()).startsWith("HTTP/1.1 431 ");
    assertThat(beyond.channel.isOpen()).isFalse();
    assertThat(handshakeContext.rejections().held()).isEqualTo(MAX_HELD);
  }

  @Test
  void givesEveryPlaceBack() {
    HandshakeContext handshakeContext = handshakeContext(onePerAddress(0));
    for (int i = 0; i < 100; i++) {
      Wire first = accept(handshakeContext, PEER);
      assertThat(accept(handshakeContext, PEER).channel.isOpen()).isFalse();
      assertThat(first.channel.isOpen()).isTrue();
      first.channel.close();
      assertThat(handshakeContext.admission().connections()).isZero();
    }
    assertThat(handshakeContext.rejections().count(RejectReason.TOO_MANY_OF_ADDRESS))
        .isEqualTo(100);
  }

  private static AdmissionSettings behindProxies() {
    return new AdmissionSettings(
        onePerAddress(0).limits(),
        new ProxySettings(
            List.of(Network.parse("10.0.0.0/8")), false, ProxySettings.Header.X_FORWARDED_FOR),
        OriginSettings.defaults());
  }

  private static void ask(Wire wire, String forwardedFor) {
    wire.receive("GET / HTTP/1.1\r\nX-Forwarded-For: " + forwardedFor + "\r\n\r\n");
  }

  @Test
  void goesByWhatATrustedProxySays() {
    HandshakeContext handshakeContext = handshakeContext(behindProxies());
    accept(handshakeContext, PEER);
    Wire same = accept(handshakeContext, "10.0.0.1");
    assertThat(same.channel.isOpen()).as("not known yet").isTrue();
    ask(same, "198.51.100.1, " + PEER);
    assertThat(same.sentText()).startsWith("HTTP/1.1 429 ");
    Wire another = accept(handshakeContext, "10.0.0.1");
    ask(another, PEER + ", 198.51.100.1");
    assertThat(another.sentText()).startsWith("HTTP/1.1 404 ");
  }

  @Test
  void ignoresWhatAnybodyElseSays() {
    HandshakeContext handshakeContext = handshakeContext(behindProxies());
    accept(handshakeContext, PEER);
    Wire forger = accept(handshakeContext, PEER);
    assertThat(forger.sentText())
        .as("refused before it can say anything")
        .startsWith("HTTP/1.1 429 ");
    Wire other = accept(handshakeContext, "203.0.113.8");
    ask(other, PEER);
    assertThat(other.sentText()).as("it is not taken for the first").startsWith("HTTP/1.1 404 ");
  }
}
