package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import herald.gateway.auth.AuthOutcome;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Bytes of any kind before the 101: one answer of ours or none, however they are cut. */
class RequestFuzzTest {
  private static final Pattern ANSWER =
      Pattern.compile(
          "HTTP/1\\.1 (\\d{3}) [A-Za-z ]+\r\n(?:[A-Za-z-]+: [^\r\n]*\r\n)+\r\n[^\r\n]*\n?");
  private static final List<String> STATUSES =
      List.of("101", "400", "404", "405", "414", "426", "431");

  /** A request of a seed has this where the time stands, which must be near the test's own. */
  private static final String NOW = "1767225600000";

  @FuzzTest(maxDuration = "3m")
  void oneAnswerOrNone(byte[] bytes) {
    String whole = answer(bytes, Math.max(1, bytes.length));
    assertThat(answer(bytes, 1)).isEqualTo(whole);
    assertThat(answer(bytes, 37)).isEqualTo(whole);
    if (!whole.isEmpty()) {
      assertThat(whole).matches(ANSWER);
      assertThat(whole.substring(9, 12)).isIn(STATUSES);
    }
  }

  private static String answer(byte[] bytes, int step) {
    assertThat(NOW).isEqualTo(Long.toString(Wire.nowMillis()));
    Wire wire = new Wire().accepted();
    try {
      for (int from = 0; from < bytes.length && wire.channel.isOpen(); from += step) {
        wire.receive(
            Unpooled.copiedBuffer(
                Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + step))));
      }
      wire.answer.complete(new AuthOutcome.Accepted(Wire.WALLET_USER));
      wire.settle();
      String answer = wire.sentText();
      if (answer.isEmpty()) {
        // A refusal is held for a second.
        wire.pass(3);
        answer = wire.sentText();
      }
      wire.channel.checkException();
      boolean upgraded = answer.startsWith("HTTP/1.1 101 ");
      assertThat(wire.channel.isOpen()).isEqualTo(answer.isEmpty() || upgraded);
      assertThat(wire.dispatcher.openCursors()).isEqualTo(upgraded ? 1 : 0);
      if (upgraded) {
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
            .containsIgnoringCase("sec-websocket-key");
      }
      return answer;
    } finally {
      wire.finish();
    }
  }
}
