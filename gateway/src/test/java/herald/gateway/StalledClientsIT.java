package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.client.WebSocketClient;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A thousand clients that stop reading while their chat is flooded. */
@BothFeeds
class StalledClientsIT {
  private static final int CLIENTS = 1_000;
  private static final int MESSAGES = 300;
  private static final int MESSAGE_BYTES = 4_000;

  /** Written before the watermark is looked at: one buffer of gathered frames. */
  private static final int OVERSHOOT_BYTES = 16 * 1024;

  /** What the allocator holds ahead of need, whoever asks. */
  private static final long ALLOCATOR_BYTES = 64L << 20;

  private static long directBytes() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  @Test
  void costTheWatermarkEachAndNoMore() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    List<PlatformUser> users = new ArrayList<>();
    List<WalletKey> keys = new ArrayList<>();
    SecureRandom random = new SecureRandom();
    for (int i = 0; i <= CLIENTS + 1; i++) {
      keys.add(WalletKey.random(random));
      users.add(new PlatformUser(i + 1, "user" + i, keys.get(i).wallet()));
    }
    community.createUsers(users);
    PlatformUser writer = users.get(0);
    String chat =
        platform
            .createChat(writer, users.subList(1, users.size()).toArray(PlatformUser[]::new))
            .subjectId();
    ConnectionSettings settings = ConnectionSettings.defaults();
    List<WebSocketClient> stalled = new ArrayList<>();
    try (TestGateway gateway = TestGateway.start(database.url());
        TestClient reading = TestClient.connect(gateway.port(), keys.get(1))) {
      for (int i = 2; i < CLIENTS + 2; i++) {
        String path = keys.get(i).signedPath("/comms/chats/ws", System.currentTimeMillis());
        stalled.add(WebSocketClient.connect(gateway.port(), path));
      }
      Eventually.holds("all are in", 30, () -> gateway.metric("herald_cursors") == CLIENTS + 1);
      long before = directBytes();
      long most = 0;
      String text = "x".repeat(MESSAGE_BYTES);
      List<String> written = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        written.add(platform.message(writer, chat, text).subjectId());
        most = Math.max(most, directBytes() - before);
      }
      reading.awaitMessage(written.get(MESSAGES - 1));
      assertThat(reading.messageIds()).isEqualTo(written);
      most = Math.max(most, directBytes() - before);
      long bound =
          (long) CLIENTS * (settings.highWatermarkBytes() + OVERSHOOT_BYTES) + ALLOCATOR_BYTES;
      System.out.printf(
          "%d stalled clients, %d KB offered to each: %d MB of buffers at most (bound %d MB)%n",
          CLIENTS, MESSAGES * MESSAGE_BYTES / 1_024, most >> 20, bound >> 20);
      assertThat(most).isPositive().isLessThan(bound);
      Eventually.holds(
          "all that don't read are gone", 60, () -> gateway.metric("herald_connections_open") == 1);
      // A socket counts as closed before the loop has told its connection so.
      Eventually.holds(
          "all are counted",
          60,
          () -> gateway.metric("herald_connections_closed_total{reason=\"too_slow\"}") == CLIENTS);
      assertThat(gateway.metric("herald_connections_closed_total{reason=\"too_slow\"}"))
          .isEqualTo(CLIENTS);
      assertThat(gateway.metric("herald_remembered")).isEqualTo(CLIENTS);
      assertThat(reading.isOpen()).isTrue();
    } finally {
      for (WebSocketClient client : stalled) {
        client.close();
      }
    }
  }
}
