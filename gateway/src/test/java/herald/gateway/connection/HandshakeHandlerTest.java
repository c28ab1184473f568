package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.LimitSettings;
import herald.gateway.config.Origin;
import herald.gateway.config.OriginSettings;
import herald.gateway.config.ProxySettings;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeHandlerTest {
  private static final String SIGNATURE =
      Base64.getEncoder().encodeToString(new byte[65]).replace("=", "%3D");
  private static final String URI =
      "/comms/chats/ws?timestamp=" + Wire.nowMillis() + "&signature=" + SIGNATURE;
  private static final String UPGRADE =
      "Host: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
          + "Sec-WebSocket-Version: 13\r\n";
  private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

  private final Wire wire = new Wire().accepted();

  @AfterEach
  void finish() {
    wire.finish();
  }

  private static String request(String method, String uri, String headers) {
    return method + " " + uri + " HTTP/1.1\r\n" + headers + "\r\n";
  }

  @Test
  void upgradesAndLeavesOneHandler() {
    wire.receive(request("GET", URI, UPGRADE + KEY));
    assertThat(wire.sentText()).isEmpty();
    wire.answer.complete(new AuthOutcome.Accepted(Wire.WALLET_USER));
    wire.settle();
    assertThat(wire.sentText())
        .startsWith("HTTP/1.1 101 ")
        .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
        .endsWith("\r\n\r\n");
    assertThat(wire.channel.pipeline().toMap().values())
        .hasSize(1)
        .first()
        .isInstanceOf(ClientConnection.class);
    assertThat(wire.dispatcher.openCursors()).isEqualTo(1);
  }

  @Test
  void readsARequestThatComesByteByByte() {
    for (char c : request("GET", URI, UPGRADE + KEY).toCharArray()) {
      wire.receive(String.valueOf(c));
    }
    wire.answer.complete(new AuthOutcome.Accepted(Wire.WALLET_USER));
    wire.settle();
    assertThat(wire.sentText()).startsWith("HTTP/1.1 101 ");
  }

  @Test
  void prefersTheSignatureOfTheHeader() {
    String uri = "/comms/chats/ws?timestamp=" + Wire.nowMillis() + "&signature=bad";
    String header = "x-sig: " + Base64.getEncoder().encodeToString(new byte[65]) + "\r\n";
    wire.receive(request("GET", uri, UPGRADE + KEY + header));
    wire.answer.complete(new AuthOutcome.Accepted(Wire.WALLET_USER));
    wire.settle();
    assertThat(wire.sentText()).startsWith("HTTP/1.1 101 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://chat.example:8080", "HTTPS://chat.example"})
  void understandsATargetWithSchemeAndHost(String before) {
    wire.receive(request("GET", before + URI, UPGRADE + KEY));
    wire.answer.complete(new AuthOutcome.Accepted(Wire.WALLET_USER));
    wire.settle();
    assertThat(wire.sentText()).startsWith("HTTP/1.1 101 ");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, NOT_FOUND, 404",
    "GET, http://chat.example, NOT_FOUND, 404",
    "GET, chat.example/comms/chats/ws, NOT_FOUND, 404",
    "GET, /comms/chats/ws/, NOT_FOUND, 404",
    "POST, URI, NOT_A_GET, 405",
    "GET, /comms/chats/ws, NO_TIMESTAMP, 400",
    "GET, /comms/chats/ws?timestamp=x, NO_TIMESTAMP, 400",
    "GET, /comms/chats/ws?timestamp=1, EXPIRED, 400",
    "GET, /comms/chats/ws?timestamp=9223372036854775807, EXPIRED, 400",
    "GET, /comms/chats/ws?timestamp=-9223372036854775808, EXPIRED, 400",
    "GET, /comms/chats/ws?a=%zz, MALFORMED_QUERY, 400",
    "GET, /comms/chats/ws?a=1;b=2, MALFORMED_QUERY, 400",
    "GET, NOW, NO_SIGNATURE, 400",
    "GET, NOW&signature=abcd, MALFORMED_SIGNATURE, 400",
  })
  void refusesByTheRequestLine(String method, String uri, String refusal, int status) {
    String now = "/comms/chats/ws?timestamp=" + Wire.nowMillis();
    wire.receive(request(method, uri.replace("URI", URI).replace("NOW", now), UPGRADE + KEY));
    assertRefused(RejectReason.valueOf(refusal), status);
  }

  @ParameterizedTest
  @CsvSource({
    "Upgrade: websocket, X: y, NOT_AN_UPGRADE, 426",
    "'keep-alive, Upgrade', close, NOT_AN_UPGRADE, 426",
    "Version: 13, Version: 8, WRONG_VERSION, 426",
    "dGhlIHNhbXBsZSBub25jZQ==, short, BAD_KEY, 400",
    "Sec-WebSocket-Key, X-Key, BAD_KEY, 400",
    "Host: x, X: y, UNREADABLE, 400",
    "Host: x, 'Host: x\nHost: y', UNREADABLE, 400",
    "Host: x, Content-Length: 5, HAS_BODY, 400",
    "Host: x, Transfer-Encoding: chunked, HAS_BODY, 400",
  })
  void refusesByTheHeaders(String there, String instead, String refusal, int status) {
    wire.receive(request("GET", URI, (UPGRADE + KEY).replace(there, instead)));
    assertRefused(RejectReason.valueOf(refusal), status);
  }

  /** A page that is not allowed comes back at once too. */
  @ParameterizedTest
  @ValueSource(strings = {"Origin: https://other.example\r\n", "Origin: null\r\n", ""})
  void refusesAPageOfAnotherOrigin(String origin) {
    OriginSettings origins =
        new OriginSettings(Set.of(new Origin("https", "chat.example", 443)), true);
    Wire strict =
        new Wire()
            .accepted(
                new AdmissionSettings(LimitSettings.defaults(), ProxySettings.defaults(), origins),
                "203.0.113.7");
    strict.receive(request("GET", URI, UPGRADE + KEY + origin));
    assertRefused(strict, RejectReason.BAD_ORIGIN, 403);
    strict.finish();
  }

  @Test
  void boundsTheRequestLineAndTheHeaders() {
    wire.receive("GET /comms/chats/ws?a=" + "x".repeat(5_000) + " HTTP/1.1\r\n\r\n");
    assertRefused(RejectReason.URL_TOO_LONG, 414);
    Wire other = new Wire().accepted();
    other.receive(request("GET", URI, UPGRADE + KEY + "X: " + "x".repeat(17_000) + "\r\n"));
    other.pass(3);
    assertThat(other.sentText()).startsWith("HTTP/1.1 431 ");
    other.finish();
  }

  @Test
  void takesAllTheCookiesThatFitInto16Kilobytes() {
    String others = UPGRADE + KEY;
    String cookies = "Cookie: " + "c=12345678; ".repeat(1_300);
    int left = 16 * 1_024 - others.length() - cookies.length() - 2;
    assertThat(left).isPositive();
    wire.receive(request("GET", URI, others + cookies + "x".repeat(left) + "\r\n"));
    wire.answer.complete(new AuthOutcome.Accepted(Wire.WALLET_USER));
    wire.settle();
    assertThat(wire.sentText()).startsWith("HTTP/1.1 101 ");
  }

  @Test
  void readsOnlySoMuchOfAClientThatIsHeld() {
    wire.receive(request("GET", URI, UPGRADE + KEY + "X: " + "x".repeat(17_000) + "\r\n"));
    String more = "x".repeat(1_024);
    int sent = 0;
    while (wire.channel.config().isAutoRead()) {
      wire.receive(more);
      sent += more.length();
      assertThat(sent).isLessThanOrEqualTo(2 * RequestDecoder.MAX_DISCARDED_BYTES);
    }
    assertThat(sent).as("the answer is not overtaken by a reset").isGreaterThan(20_000);
    assertRefused(RejectReason.HEADERS_TOO_LARGE, 431);
  }

  @Test
  void boundsTheNumberOfHeaders() {
    wire.receive(request("GET", URI, UPGRADE + KEY + "a:b\r\n".repeat(100)));
    assertRefused(RejectReason.TOO_MANY_HEADERS, 431);
  }

  @Test
  void refusesFramesThatComeBeforeTheUpgrade() {
    wire.receive(request("GET", URI, UPGRADE + KEY));
    wire.receive("\u0081");
    wire.answer.complete(new AuthOutcome.Accepted(Wire.WALLET_USER));
    wire.settle();
    assertRefused(RejectReason.HAS_BODY, 400);
  }

  @Test
  void takesNoHandshakesWhileTheLoopIsBehind() {
    wire.loopNanos = TimeUnit.SECONDS.toNanos(1);
    wire.receive(request("GET", URI, UPGRADE + KEY));
    assertRefused(RejectReason.LOOP_BEHIND, 503);
  }

  @Test
  void refusesWhatIsNoHttp() {
    wire.receive("\0\1\2 nonsense\r\n\r\n");
    assertRefused(RejectReason.UNREADABLE, 400);
  }

  @Test
  void answersOneRequestOnly() {
    wire.receive(request("GET", URI, UPGRADE + KEY) + request("GET", URI, UPGRADE + KEY));
    assertRefused(RejectReason.HAS_BODY, 400);
    wire.answer.complete(new AuthOutcome.Accepted(Wire.WALLET_USER));
    wire.settle();
    assertThat(wire.sentText()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(AuthOutcome.Reason.class)
  void refusesWhoIsNobody(AuthOutcome.Reason reason) {
    wire.receive(request("GET", URI, UPGRADE + KEY));
    wire.answer.complete(new AuthOutcome.Refused(reason));
    wire.settle();
    boolean isTemporary =
        reason == AuthOutcome.Reason.OVERLOADED || reason == AuthOutcome.Reason.UNAVAILABLE;
    assertRefused(RejectReason.of(reason), isTemporary ? 503 : 400);
  }

  @Test
  void endsASilentSocketAtTheDeadline() {
    wire.pass(9);
    assertThat(wire.channel.isOpen()).isTrue();
    wire.pass(2);
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(wire.rejections(RejectReason.TIMED_OUT)).isEqualTo(1);
    assertThat(wire.loop.wheel().size()).isZero();
  }

  @Test
  void aStandstillDoesNotCountAgainstAHandshake() {
    wire.pass(5);
    wire.standStill(75);
    wire.pass(4);
    assertThat(wire.channel.isOpen()).isTrue();
    wire.pass(3);
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(wire.rejections(RejectReason.TIMED_OUT)).isEqualTo(1);
  }

  @Test
  void endsASlowRequestAtTheSameDeadline() {
    String request = request("GET", URI, UPGRADE + KEY);
    for (int second = 0; second < 12 && wire.channel.isOpen(); second++) {
      wire.receive(String.valueOf(request.charAt(second)));
      wire.pass(1);
    }
    assertThat(wire.channel.isOpen()).isFalse();
  }

  @Test
  void survivesAClientThatHasGoneBeforeTheAnswer() {
    wire.receive(request("GET", URI, UPGRADE + KEY));
    wire.channel.close();
    wire.answer.complete(new AuthOutcome.Accepted(Wire.WALLET_USER));
    wire.settle();
    assertThat(wire.sentText()).isEmpty();
    assertThat(wire.dispatcher.openCursors()).isZero();
    assertThat(wire.loop.wheel().size()).isZero();
  }

  /** The published client would be back at once: it is held for a while. */
  private void assertRefused(RejectReason refusal, int status) {
    assertRefused(wire, refusal, status);
  }

  private static void assertRefused(Wire wire, RejectReason refusal, int status) {
    assertThat(wire.sentText()).as("it is held").isEmpty();
    assertThat(wire.rejections().held()).isEqualTo(1);
    wire.pass(3);
    assertThat(wire.rejections().held()).isZero();
    String sent = wire.sentText();
    assertThat(sent).startsWith("HTTP/1.1 " + status + " ").contains("Connection: close\r\n");
    String body = sent.substring(sent.indexOf("\r\n\r\n") + 4);
    assertThat(sent)
        .contains("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n");
    assertThat(sent.contains("Retry-After: ")).isEqualTo(status == 503 || status == 429);
    assertThat(wire.rejections(refusal)).isEqualTo(1);
    assertThat(wire.channel.isOpen()).isFalse();
  }
}
