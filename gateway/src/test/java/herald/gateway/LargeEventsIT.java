package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.client.WebSocketClient;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.ByteSize;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events as large as the platform accepts, and larger than an event may be. */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class LargeEventsIT {
  private static final int STALLED = Boolean.getBoolean("herald.faults.full") ? 1_000 : 200;
  private static final int TEXT_BYTES = 4 << 20;
  private static final int EVENTS = 5;

  /** Written before the watermark is looked at: a piece of a large frame. */
  private static final int OVERSHOOT_BYTES = 32 * 1024;

  /** What the allocator holds ahead of need, whoever asks. */
  private static final long ALLOCATOR_BYTES = 64L << 20;

  private final List<WalletKey> keys = new ArrayList<>();
  private final List<PlatformUser> users = new ArrayList<>();
  private SharedDatabase database;
  private Platform platform;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    platform = new Platform(database.dataSource());
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 5; i++) {
      keys.add(WalletKey.random(random));
      users.add(new PlatformUser(i + 1, "user" + i, keys.get(i).wallet()));
    }
    new Community(database.dataSource()).createUsers(users);
  }

  private String chat(int... members) throws Exception {
    PlatformUser[] others = new PlatformUser[members.length - 1];
    for (int i = 1; i < members.length; i++) {
      others[i - 1] = users.get(members[i]);
    }
    return platform.createChat(users.get(members[0]), others).subjectId();
  }

  private static long directBytes() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory()
        + UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  @Test
  void clientsThatDoNotReadCostTheWatermarkEachAndOneCopyOfEachEvent() throws Exception {
    String chat = chat(0, 1, 2);
    ConnectionSettings settings = ConnectionSettings.defaults();
    List<WebSocketClient> stalled = new ArrayList<>();
    try (TestGateway gateway = TestGateway.start(database.url());
        TestClient reading = TestClient.connect(gateway.port(), keys.get(1))) {
      for (int i = 0; i < STALLED; i++) {
        String path = keys.get(2).signedPath("/comms/chats/ws", System.currentTimeMillis());
        stalled.add(WebSocketClient.connect(gateway.port(), path, 8 * 1024, ""));
      }
      Eventually.holds("all are in", 60, () -> gateway.metric("herald_cursors") == STALLED + 1);
      long before = directBytes();
      long most = 0;
      String text = "x".repeat(TEXT_BYTES);
      for (int i = 0; i < EVENTS; i++) {
        String id = platform.message(users.get(0), chat, text).subjectId();
        most = Math.max(most, directBytes() - before);
        assertThat(reading.awaitMessage(id).length()).isGreaterThan(TEXT_BYTES);
        most = Math.max(most, directBytes() - before);
      }
      long bound =
          (long) STALLED * (settings.highWatermarkBytes() + OVERSHOOT_BYTES)
              + (long) EVENTS * (TEXT_BYTES + 1_000)
              + ALLOCATOR_BYTES;
      System.out.printf(
          "fault: %d clients that do not read, %d events of %d MB: %d MB of buffers (bound %d"
              + " MB)%n",
          STALLED, EVENTS, TEXT_BYTES >> 20, most >> 20, bound >> 20);
      assertThat(most).isPositive().isLessThan(bound);
      assertThat(reading.isOpen()).isTrue();
      assertThat(gateway.metric("herald_isolated_failures_total{place=\"wake\"}")).isZero();
      Eventually.holds(
          "all that don't read are gone", 60, () -> gateway.metric("herald_connections_open") == 1);
    } finally {
      for (WebSocketClient client : stalled) {
        client.close();
      }
    }
    Eventually.holds(
        "the copies are freed",
        20,
        () -> UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() < TEXT_BYTES);
  }

  @Test
  void anEventOverTheBoundIsAGapForItsMembersAndOthersGoOn() throws Exception {
    String chat = chat(0, 1, 2);
    String other = chat(0, 3);
    GatewayConfig config = TestGateway.config(database.url());
    GatewayConfig small =
        config.toBuilder()
            .feed(config.feed().toBuilder().maxEventBytes(new ByteSize(100_000)).build())
            .build();
    try (TestGateway gateway = TestGateway.start(small);
        TestClient one = TestClient.connect(gateway.port(), keys.get(1));
        TestClient two = TestClient.connect(gateway.port(), keys.get(2));
        TestClient three = TestClient.connect(gateway.port(), keys.get(3))) {
      Eventually.holds("all are in", 30, () -> gateway.metric("herald_cursors") == 3);
      String before = platform.message(users.get(0), chat, "before").subjectId();
      platform.message(users.get(0), chat, "x".repeat(200_000));
      String behind = platform.message(users.get(0), chat, "behind").subjectId();
      String elsewhere = platform.message(users.get(0), other, "elsewhere").subjectId();
      for (TestClient member : List.of(one, two)) {
        member.awaitMessage(behind);
        List<String> received = member.received();
        assertThat(received).hasSize(3);
        assertThat(received.get(0)).contains(before);
        assertThat(received.get(1)).contains("\"method\":\"gateway.gap\"");
        assertThat(received.get(2)).contains(behind);
      }
      three.awaitMessage(elsewhere);
      assertThat(three.received()).hasSize(1);
      assertThat(
              gateway.readingMetric(
                  "herald_rpc_logs_total{method=\"chat_message\",outcome=\"too_large\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void oneSendersFloodLeavesTheOthersPastInTheLog() throws Exception {
    String chat = chat(0, 1);
    String quiet = chat(2, 3);
    GatewayConfig config = TestGateway.config(database.url());
    GatewayConfig small =
        config.toBuilder()
            .eventLog(config.eventLog().toBuilder().maxBytes(ByteSize.ofMebibytes(16)).build())
            .build();
    try (TestGateway gateway = TestGateway.start(small)) {
      String cookie;
      try (TestClient away = TestClient.connect(gateway.port(), keys.get(3))) {
        cookie = away.cookie();
        Eventually.holds("it is in", 30, () -> gateway.metric("herald_cursors") == 1);
      }
      Eventually.holds("it is remembered", 30, () -> gateway.metric("herald_remembered") == 1);
      String message = platform.message(users.get(2), quiet, "to one who is away").subjectId();
      try (TestClient reading = TestClient.connect(gateway.port(), keys.get(1))) {
        Eventually.holds("it is in", 30, () -> gateway.metric("herald_cursors") == 1);
        String text = "x".repeat(TEXT_BYTES);
        for (int i = 0; i < 34; i++) {
          reading.awaitMessage(platform.message(users.get(0), chat, text).subjectId());
        }
      }
      assertThat(gateway.metric("herald_log_texts_forced_out_total")).isGreaterThanOrEqualTo(30);
      assertThat(gateway.metric("herald_log_forced_out_total")).isZero();
      try (TestClient back = TestClient.connectWithCookie(gateway.port(), keys.get(3), cookie)) {
        back.awaitMessage(message);
        assertThat(back.received()).noneMatch(event -> event.contains("gateway.gap"));
      }
    }
  }
}
