package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;

/** Notification payloads of any text: nothing escapes, and what the trigger writes is read. */
class NotificationFuzzTest {
  @FuzzTest(maxDuration = "1m")
  void whatTheTriggerWritesIsRead(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    String read = NotificationPayload.signature(text);
    assertThat(read == null || (!read.isEmpty() && read.indexOf('\0') < 0)).isTrue();
    String payload =
        "{\"sig\" : \"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"}";
    boolean possible = !text.isEmpty() && text.indexOf('\0') < 0 && payload.length() <= 8_000;
    assertThat(NotificationPayload.signature(payload)).isEqualTo(possible ? text : null);
  }
}
