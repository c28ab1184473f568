package herald.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NotificationFilterTest {
  private static final int OWN = 77;
  private static final int OTHER = 78;
  private static final int MANY = 2_000;

  private final ExchangeDisturbance disturbance = new ExchangeDisturbance(1);
  private final NotificationFilter filter = new NotificationFilter(disturbance);
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final ByteArrayOutputStream got = new ByteArrayOutputStream();
  private final Random random = new Random(1);

  NotificationFilterTest() {
    // The answer to a request for TLS, and the session's number and key.
    sent.write('N');
    send('K', ByteBuffer.allocate(8).putInt(OWN).putInt(1).array());
  }

  private void send(char kind, byte[] body) {
    sent.write(kind);
    sent.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(Integer.BYTES + body.length).array());
    sent.writeBytes(body);
  }

  private void notification(int session, String channel, String payload) {
    byte[] text = (channel + "\0" + payload + "\0").getBytes(StandardCharsets.UTF_8);
    send('A', ByteBuffer.allocate(Integer.BYTES + text.length).putInt(session).put(text).array());
  }

  /** All else that there is, in between. */
  private void sendMany(int session, String channel, String payload) {
    for (int i = 0; i < MANY; i++) {
      notification(session, channel, payload + " " + i);
      send('D', new byte[random.nextInt(100)]);
    }
  }

  /** In pieces of any size. */
  private void pass() throws IOException {
    byte[] all = sent.toByteArray();
    for (int begin = 0; begin < all.length; ) {
      int count = Math.min(all.length - begin, 1 + random.nextInt(300));
      filter.pass(Arrays.copyOfRange(all, begin, begin + count), count, got);
      begin += count;
    }
    sent.reset();
  }

  @Test
  void passesEverythingOnWhileNothingIsDisturbed() throws IOException {
    sendMany(OTHER, "herald_instances", "c 1");
    byte[] all = sent.toByteArray();
    pass();
    assertThat(got.toByteArray()).isEqualTo(all);
  }

  @Test
  void leavesItsOwnSessionsAndOtherChannelsAlone() throws IOException {
    disturbance.begin(1_000);
    sendMany(OWN, "herald_instances", "p 1");
    sendMany(OTHER, "rpc_log_inserted", "{}");
    byte[] all = sent.toByteArray();
    pass();
    assertThat(got.toByteArray()).isEqualTo(all);
  }

  @Test
  void ofOthersSomeAreLostSomeAreLateAndSomeComeAgain() throws IOException {
    disturbance.begin(1_000);
    sendMany(OTHER, "herald_instances", "c 1");
    int before = sent.size();
    pass();
    assertThat(got.size()).isNotEqualTo(before);
    assertThat(disturbance.lost()).isBetween(MANY / 5, MANY / 3);
    assertThat(disturbance.late()).isBetween(MANY / 5, MANY / 3);
    assertThat(disturbance.repeated()).isBetween(MANY / 5, MANY / 3);
  }

  @Test
  void aMarkIsNeverLate() throws IOException {
    disturbance.begin(1_000);
    sendMany(OTHER, "herald_instances", "p 1");
    pass();
    assertThat(disturbance.late()).isZero();
    assertThat(disturbance.lost()).isPositive();
  }
}
