package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.client.WebSocketClient;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.ByteSize;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A client that reads slowly keeps its connection; one that takes nothing loses it. */
class SlowClientsIT {
  private static final int TEXT_BYTES = 400_000;
  private static final int CHUNK_BYTES = 4_000;
  private static final long PAUSE_MILLIS = 100;
  private static final int RECEIVE_BUFFER_BYTES = 16 * 1024;
  private static final String EVICTIONS = "herald_evictions_total{cause=\"write_deadline\"}";

  private static WebSocketClient connect(TestGateway gateway, WalletKey key) throws IOException {
    String path = key.signedPath("/comms/chats/ws", System.currentTimeMillis());
    return WebSocketClient.connect(gateway.port(), path, RECEIVE_BUFFER_BYTES);
  }

  /**
   * Both clients are sent the same event at the same time. That the one that takes nothing is
   * evicted shows that the write deadline has passed for the other one as well.
   */
  @Test
  void aLargeEventReachesASlowClientWhole() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Platform platform = new Platform(database.dataSource());
    List<PlatformUser> users = new ArrayList<>();
    List<WalletKey> keys = new ArrayList<>();
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 3; i++) {
      keys.add(WalletKey.random(random));
      users.add(new PlatformUser(i + 1, "user" + i, keys.get(i).wallet()));
    }
    new Community(database.dataSource()).createUsers(users);
    String chat = platform.createChat(users.get(0), users.get(1), users.get(2)).subjectId();
    ConnectionSettings settings =
        ConnectionSettings.builder()
            .writeDeadline(Duration.ofSeconds(3))
            .sendBuffer(ByteSize.ofKibibytes(16))
            .build();
    try (TestGateway gateway =
            TestGateway.start(
                TestGateway.config(database.url()).toBuilder().connections(settings).build());
        WebSocketClient slow = connect(gateway, keys.get(1));
        WebSocketClient stalled = connect(gateway, keys.get(2))) {
      TestGateway.Eventually.holds("both are in", 30, () -> gateway.metric("herald_cursors") == 2);
      platform.message(users.get(0), chat, "x".repeat(TEXT_BYTES));
      InputStream in = slow.socket().getInputStream();
      int longestRun = 0;
      int run = 0;
      int receivedAtEviction = -1;
      while (longestRun < TEXT_BYTES) {
        byte[] chunk = in.readNBytes(Math.min(CHUNK_BYTES, TEXT_BYTES - run));
        assertThat(chunk).as("the connection, after %d bytes of the text", run).isNotEmpty();
        for (byte b : chunk) {
          run = b == 'x' ? run + 1 : 0;
          longestRun = Math.max(longestRun, run);
        }
        if (receivedAtEviction < 0 && gateway.metric(EVICTIONS) > 0) {
          receivedAtEviction = longestRun;
        }
        // This is the client's slowness, and waits for nothing.
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
      assertThat(receivedAtEviction).isBetween(0, TEXT_BYTES - 1);
      assertThat(gateway.metric(EVICTIONS)).isEqualTo(1);
      TestGateway.Eventually.holds(
          "the one that takes nothing is gone",
          30,
          () -> gateway.metric("herald_connections_closed_total{reason=\"too_slow\"}") == 1);
      assertThat(gateway.metric("herald_cursors")).isEqualTo(1);
      assertThat(stalled.closeCode()).as("it has read nothing").isZero();
    }
  }
}
