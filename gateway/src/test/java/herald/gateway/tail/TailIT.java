package herald.gateway.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.ByteSize;
import herald.gateway.config.EventLogSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Follows a real gateway through a line that is cut. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
@BothFeeds
@SuppressWarnings("NullAway.Init") // set by createChat
final class TailIT {
  private final WalletKey key = WalletKey.random(new SecureRandom());
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private final SharedDatabase database = SharedDatabase.fresh();
  private final Platform platform = new Platform(database.dataSource());
  private PlatformUser writer;
  private String chatId;

  TailIT() throws SQLException {}

  private void createChat() throws SQLException {
    Community community = new Community(database.dataSource());
    writer = community.createUser("writer", "0xa1");
    chatId = platform.createChat(writer, community.createUser("reader", key.wallet())).subjectId();
  }

  @Test
  void aCutLineLosesNothingAndRepeatsNothing() throws Exception {
    createChat();
    try (TestGateway gateway = TestGateway.start(database.url());
        TcpProxy line = new TcpProxy(gateway.port())) {
      Thread thread = follow(tail(line.port(), key, null));
      for (int round = 0; round < 3; round++) {
        platform.message(writer, chatId, "seen " + round);
        await("seen " + round);
        line.cut();
        platform.message(writer, chatId, "missed " + round);
        await("missed " + round);
      }
      thread.interrupt();
      thread.join();
    }
    assertThat(events).hasSize(6).doesNotHaveDuplicates();
    for (int round = 0; round < 3; round++) {
      assertThat(events.get(2 * round)).contains("seen " + round);
      assertThat(events.get(2 * round + 1)).contains("missed " + round);
    }
    assertThat(notes).anyMatch(note -> note.matches("-- connected, after [A-Za-z0-9_-]{20}"));
    assertThat(notes).noneMatch(note -> note.contains("signature"));
  }

  @Test
  void aLineThatIsMuteIsGivenUp() throws Exception {
    createChat();
    try (TestGateway gateway = TestGateway.start(database.url());
        TcpProxy line = new TcpProxy(gateway.port())) {
      Thread thread =
          follow(
              new Tail(
                  URI.create("ws://127.0.0.1:" + line.port()),
                  key,
                  null,
                  Duration.ofSeconds(2),
                  events::add,
                  notes::add));
      platform.message(writer, chatId, "heard");
      await("heard");
      line.mute();
      platform.message(writer, chatId, "not heard at first");
      TestGateway.Eventually.holds(
          "the line is given up", 30, () -> notes.contains("-- lost: nothing has come for 2 s"));
      line.unmute();
      await("not heard at first");
      thread.interrupt();
      thread.join();
    }
    assertThat(events).hasSize(2);
  }

  @Test
  void anotherGatewayIsToldWhereItWas() throws Exception {
    createChat();
    GatewayConfig forgetful =
        TestGateway.config(database.url()).toBuilder()
            .eventLog(
                EventLogSettings.builder()
                    .horizon(Duration.ofMinutes(1))
                    .maxBytes(ByteSize.ofMebibytes(1))
                    .replay(Duration.ZERO)
                    .maxRemembered(1)
                    .build())
            .build();
    try (TestGateway second = TestGateway.start(forgetful);
        TcpProxy line = new TcpProxy(second.port())) {
      Thread thread;
      try (TestGateway first = TestGateway.start(forgetful)) {
        line.retarget(first.port());
        String start = Instant.now().toString();
        thread = follow(tail(line.port(), key, start));
        platform.message(writer, chatId, "on the first");
        await("on the first");
      }
      platform.message(writer, chatId, "on none");
      line.retarget(second.port());
      await("on none");
      thread.interrupt();
      thread.join();
    }
    assertThat(events).hasSize(2);
  }

  @Test
  void aKeyThatIsNobodysEndsItWithASentence() throws Exception {
    try (TestGateway gateway = TestGateway.start(database.url())) {
      assertThatThrownBy(() -> tail(gateway.port(), key, null).run())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("the gateway refuses with status 400 (expected: ");
    }
  }

  private static Thread follow(Tail tail) {
    Thread thread =
        new Thread(
            () -> {
              try {
                tail.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "tail");
    thread.start();
    return thread;
  }

  private Tail tail(int port, WalletKey wallet, @Nullable String after) {
    URI gateway = URI.create("ws://127.0.0.1:" + port);
    return new Tail(gateway, wallet, after, events::add, notes::add);
  }

  private void await(String text) throws InterruptedException {
    boolean hasCome =
        TestGateway.Eventually.within(
            TimeUnit.SECONDS.toMillis(30),
            () -> events.stream().anyMatch(event -> event.contains(text)));
    assertThat(hasCome).as("'%s' has come; events: %s, notes: %s", text, events, notes).isTrue();
  }
}
