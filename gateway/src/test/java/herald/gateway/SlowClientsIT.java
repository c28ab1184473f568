package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.client.WebSocketClient;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.ByteSize;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client that reads slowly keeps its connection for a while; one that takes nothing loses it. */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class SlowClientsIT {
  private static final int TEXT_BYTES = 2_000_000;
  private static final int FIRST_TEXT_BYTES = 400_000;

  /** With the pause behind it, 16 KB in a second. */
  private static final int VERY_SLOW_CHUNK_BYTES = 1_600;

  private static final int SLOW_CHUNK_BYTES = 4_000;
  private static final int FAST_CHUNK_BYTES = 64_000;
  private static final long PAUSE_MILLIS = 100;
  private static final int RECEIVE_BUFFER_BYTES = 16 * 1024;

  private final List<PlatformUser> users = new ArrayList<>();
  private final List<WalletKey> keys = new ArrayList<>();
  private SharedDatabase database;
  private Platform platform;
  private String chat;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    platform = new Platform(database.dataSource());
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 3; i++) {
      keys.add(WalletKey.random(random));
      users.add(new PlatformUser(i + 1, "user" + i, keys.get(i).wallet()));
    }
    new Community(database.dataSource()).createUsers(users);
    chat = platform.createChat(users.get(0), users.get(1), users.get(2)).subjectId();
  }

  /** At its pace, a slow client does not get from one watermark to the other within a deadline. */
  private TestGateway gateway(ConnectionSettings.Builder settings) throws Exception {
    settings
        .sendBuffer(ByteSize.ofKibibytes(16))
        .lowWatermark(ByteSize.ofKibibytes(4))
        .highWatermark(ByteSize.ofMebibytes(1));
    return TestGateway.start(
        TestGateway.config(database.url()).toBuilder().connections(settings.build()).build());
  }

  private static WebSocketClient connect(TestGateway gateway, WalletKey key) throws IOException {
    String path = key.signedPath("/comms/chats/ws", System.currentTimeMillis());
    return WebSocketClient.connect(gateway.port(), path, RECEIVE_BUFFER_BYTES);
  }

  private void sendLargeEventTo(TestGateway gateway, int clients) throws Exception {
    Eventually.holds("all are in", 30, () -> gateway.metric("herald_cursors") == clients);
    platform.message(users.get(0), chat, "x".repeat(TEXT_BYTES));
  }

  private static double evictions(TestGateway gateway, String cause) {
    return gateway.metric("herald_evictions_total{cause=\"" + cause + "\"}");
  }

  private static void awaitTooSlow(TestGateway gateway) throws InterruptedException {
    Eventually.holds(
        "one is gone",
        30,
        () -> gateway.metric("herald_connections_closed_total{reason=\"too_slow\"}") == 1);
    assertThat(gateway.metric("herald_cursors")).isEqualTo(1);
  }

  /** Reads the text of one event, of which it knows how much it has got. */
  private static final class TextReader {
    private final InputStream in;
    private int run;
    private int longestRun;

    TextReader(WebSocketClient client) throws IOException {
      in = client.socket().getInputStream();
    }

    boolean isComplete() {
      return longestRun >= TEXT_BYTES;
    }

    void read(int atMost) throws IOException {
      byte[] chunk = in.readNBytes(Math.min(atMost, TEXT_BYTES - run));
      assertThat(chunk).as("the connection, after %d bytes of the text", run).isNotEmpty();
      for (byte b : chunk) {
        run = b == 'x' ? run + 1 : 0;
        longestRun = Math.max(longestRun, run);
      }
    }

    /** Reads slowly until that holds, which must be before the text is complete. */
    void readSlowlyUntil(String what, Eventually.Condition condition) throws Exception {
      while (!Eventually.within(PAUSE_MILLIS, condition)) {
        read(SLOW_CHUNK_BYTES);
        assertThat(isComplete()).as("it has got everything before %s", what).isFalse();
      }
    }
  }

  /**
   * Both clients are sent the same event at the same time. That the one that takes nothing is
   * evicted shows that the write deadline has passed for the other one as well.
   */
  @Test
  void aLargeEventReachesASlowClientWhole() throws Exception {
    try (TestGateway gateway =
            gateway(ConnectionSettings.builder().writeDeadline(Duration.ofSeconds(3)));
        WebSocketClient slow = connect(gateway, keys.get(1));
        WebSocketClient stalled = connect(gateway, keys.get(2))) {
      sendLargeEventTo(gateway, 2);
      TextReader reader = new TextReader(slow);
      reader.readSlowlyUntil(
          "the other one is evicted", () -> evictions(gateway, "write_deadline") > 0);
      while (!reader.isComplete()) {
        reader.read(FAST_CHUNK_BYTES);
      }
      assertThat(evictions(gateway, "write_deadline")).isEqualTo(1);
      awaitTooSlow(gateway);
      assertThat(stalled.closeCode()).as("it has read nothing").isZero();
    }
  }

  /**
   * With the watermarks as they are by default. A client that was evicted would be sent the event
   * again when it comes back, and never get what follows.
   */
  @Test
  void whoReadsSlowlyGetsALargeEventOnceAndWhatFollows() throws Exception {
    ConnectionSettings settings =
        ConnectionSettings.builder()
            .sendBuffer(ByteSize.ofKibibytes(16))
            .writeDeadline(Duration.ofSeconds(3))
            .build();
    try (TestGateway gateway =
            TestGateway.start(
                TestGateway.config(database.url()).toBuilder().connections(settings).build());
        WebSocketClient slow = connect(gateway, keys.get(1));
        WebSocketClient stalled = connect(gateway, keys.get(2))) {
      Eventually.holds("all are in", 30, () -> gateway.metric("herald_cursors") == 2);
      String large = "x".repeat(FIRST_TEXT_BYTES);
      String first = platform.message(users.get(0), chat, large).subjectId();
      String next = platform.message(users.get(0), chat, "next").subjectId();
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      InputStream in = slow.socket().getInputStream();
      // The other one takes nothing: that it is gone shows that the deadline has passed.
      while (!Eventually.within(PAUSE_MILLIS, () -> evictions(gateway, "write_deadline") > 0)) {
        got.write(in.readNBytes(VERY_SLOW_CHUNK_BYTES));
        assertThat(got.size()).as("it has got everything before").isLessThan(large.length());
      }
      while (times(next, got) == 0) {
        byte[] chunk = in.readNBytes(1);
        assertThat(chunk).as("the connection, after %d bytes", got.size()).isNotEmpty();
        got.write(chunk);
        got.write(in.readNBytes(in.available()));
      }
      assertThat(times(first, got)).isEqualTo(1);
      assertThat(times(next, got)).isEqualTo(1);
      assertThat(got.size()).isGreaterThan(large.length());
      assertThat(evictions(gateway, "write_deadline")).isEqualTo(1);
      assertThat(stalled.closeCode()).as("it has read nothing").isZero();
    }
  }

  /** How often an event with this message has come. */
  private static int times(String messageId, ByteArrayOutputStream got) {
    String named = "\"message_id\":\"" + messageId + "\"";
    return got.toString(StandardCharsets.ISO_8859_1).split(Pattern.quote(named), -1).length - 1;
  }

  /** It takes something all the time, and is slow for longer than it may be. */
  @Test
  void aClientThatIsSlowForTooLongLosesItsConnection() throws Exception {
    try (TestGateway gateway =
            gateway(
                ConnectionSettings.builder()
                    .writeDeadline(Duration.ofMinutes(2))
                    .slowClientTimeout(Duration.ofSeconds(5)));
        WebSocketClient slow = connect(gateway, keys.get(1));
        WebSocketClient fast = connect(gateway, keys.get(2))) {
      sendLargeEventTo(gateway, 2);
      TextReader fastReader = new TextReader(fast);
      while (!fastReader.isComplete()) {
        fastReader.read(FAST_CHUNK_BYTES);
      }
      new TextReader(slow)
          .readSlowlyUntil("it is evicted", () -> evictions(gateway, "slow_client_timeout") > 0);
      assertThat(evictions(gateway, "write_deadline")).isZero();
      awaitTooSlow(gateway);
    }
  }
}
