package herald.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a server of NATS sends passes, and only what instances tell each other is disturbed. */
class StreamExchangeFilterTest {
  private static final String OTHER =
      "INFO {}\r\n"
          + "MSG herald.events 1 ack 4\r\n"
          + "a\r\n"
          + "b\r\n"
          + "PING\r\n"
          + "HMSG herald.instances 2 0 0\r\n\r\n";
  private static final String EXCHANGE = "MSG herald.instances 2 8\r\nh 1 2 34\r\n";

  private final ExchangeDisturbance disturbance = new ExchangeDisturbance(1);
  private final StreamExchangeFilter filter =
      new StreamExchangeFilter("herald.instances", disturbance);
  private final ByteArrayOutputStream passed = new ByteArrayOutputStream();

  private void pass(String text, int atOnce) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < bytes.length; i += atOnce) {
      int count = Math.min(atOnce, bytes.length - i);
      byte[] part = new byte[count + 1];
      System.arraycopy(bytes, i, part, 0, count);
      filter.pass(part, count, passed);
    }
  }

  private String passed() {
    return passed.toString(StandardCharsets.US_ASCII);
  }

  @Test
  void undisturbedAllPassesInAnyPieces() throws Exception {
    for (int atOnce = 1; atOnce <= 50; atOnce++) {
      passed.reset();
      pass(OTHER + EXCHANGE + OTHER, atOnce);
      assertThat(passed()).isEqualTo(OTHER + EXCHANGE + OTHER);
    }
  }

  @Test
  void whatInstancesTellEachOtherIsLostLateOrRepeated() throws Exception {
    disturbance.begin(1_000_000);
    for (int i = 0; i < 200; i++) {
      pass(EXCHANGE, 7);
      pass(OTHER, 7);
    }
    assertThat(disturbance.lost()).isPositive();
    assertThat(disturbance.late()).isPositive();
    assertThat(disturbance.repeated()).isPositive();
    assertThat(passed().replace(EXCHANGE, "")).isEqualTo(OTHER.repeat(200));
    int came = (passed().length() - OTHER.length() * 200) / EXCHANGE.length();
    assertThat(came)
        .isBetween(
            200 - disturbance.lost() - disturbance.late(),
            200 - disturbance.lost() + disturbance.repeated());
  }
}
