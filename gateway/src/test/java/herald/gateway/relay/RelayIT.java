package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Relays, PostgreSQL and NATS: each message stands in the stream once, in order. */
@SuppressWarnings("NullAway.Init") // set by start
class RelayIT {
  private static final int LARGE_TEXT = 2 << 20;

  private final WalletKey bobsKey = WalletKey.random(new SecureRandom());
  private final List<String> written = new ArrayList<>();
  private NatsServer nats;
  private SharedDatabase database;
  private Platform platform;
  private Community community;
  private PlatformUser alice;
  private String chat;
  private StreamContents contents;

  @BeforeEach
  void start() throws Exception {
    nats = NatsServer.start();
    database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    chat = platform.createChat(alice, community.createUser("bob", bobsKey.wallet())).subjectId();
    contents = new StreamContents(nats.url());
  }

  @AfterEach
  void stop() throws Exception {
    if (nats != null) {
      nats.close();
    }
    if (contents != null) {
      contents.close();
    }
  }

  private RunningRelay relay() throws Exception {
    return RunningRelay.start(database.url(), nats.url(), "--create-stream");
  }

  private LocalRelay local() throws Exception {
    return LocalRelay.start(database.url(), nats.url());
  }

  private void write(int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      written.add(platform.message(alice, chat, "message " + i).subjectId());
    }
  }

  /** Rows that are not stamped with the last moments, of which a feed reads some by time. */
  private void writeWithWrongClock(int count) throws SQLException {
    Clock past = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-1));
    Platform late = new Platform(database.dataSource(), past);
    for (int i = 0; i < count; i++) {
      written.add(late.message(alice, chat, "message " + i).subjectId());
    }
  }

  private void assertAllStandOnceAndInOrder() throws InterruptedException {
    assertThat(contents.await(written)).isEqualTo(written);
  }

  @Test
  void relaysThatAreKilledPausedAndStoppedLoseNothing() throws Exception {
    try (RunningRelay one = relay();
        RunningRelay two = relay()) {
      one.awaitReady();
      two.awaitReady();
      write(50);
      assertAllStandOnceAndInOrder();

      RunningRelay killed = one.isActive() ? one : two;
      RunningRelay other = killed == one ? two : one;
      assertThat(other.isActive()).isFalse();
      write(10);
      killed.kill();
      write(50);
      assertAllStandOnceAndInOrder();
      other.awaitActive(true);

      try (RunningRelay third = relay().awaitReady()) {
        other.pause();
        write(50);
        assertAllStandOnceAndInOrder();
        third.awaitActive(true);
        other.resume();
        other.awaitActive(false);
        write(10);
        assertThat(third.terminate()).as(third.output()).isZero();
        write(50);
        assertAllStandOnceAndInOrder();
        other.kill();
      }
      // No relay runs.
      writeWithWrongClock(50);
      try (RunningRelay fourth = relay().awaitReady()) {
        assertAllStandOnceAndInOrder();
        fourth.awaitActive(true);
        write(10);
        assertAllStandOnceAndInOrder();
      }
    }
  }

  /** What has the same id is taken for the same, so there is one event for all in the chat. */
  @Test
  void aBlastIsForAllInAChat() throws Exception {
    PlatformUser carol = community.createUser("carol", "0xc");
    PlatformUser dave = community.createUser("dave", "0xd");
    community.follow(carol, alice);
    community.follow(dave, alice);
    String group = platform.createChat(alice, carol, dave).subjectId();
    try (LocalRelay one = local()) {
      assertThat(one.isActive()).isFalse();
      BlastAudience followers = BlastAudience.of("follower_audience");
      String message = platform.blast(alice, followers, "to all").subjectId() + group;
      contents.await(List.of(message));
      assertThat(contents.audienceOf(message)).containsExactly(carol.userId(), dave.userId());
    }
  }

  @Test
  void aClientOfAnInstanceThatReadsTheStreamGetsAllInOrder() throws Exception {
    GatewayConfig config =
        TestGateway.config(database.url()).toBuilder().stream(StreamSettings.of(nats.url()))
            .build();
    try (LocalRelay one = local();
        LocalRelay two = local();
        TestGateway gateway = TestGateway.start(config);
        TestClient atBob = TestClient.connect(gateway.port(), bobsKey)) {
      write(20);
      atBob.awaitMessage(written.get(19));
      (one.isActive() ? one : two).kill();
      write(20);
      atBob.awaitMessage(written.get(39));
      assertThat(atBob.messageIds()).isEqualTo(written);
    }
  }

  @Test
  void aRelayThatIsCutOffFromTheEngineIsReplaced() throws Exception {
    try (TcpProxy proxy = new TcpProxy(nats.port());
        LocalRelay cutOff = LocalRelay.start(database.url(), "nats://127.0.0.1:" + proxy.port())) {
      cutOff.awaitActive(true);
      try (LocalRelay other = local()) {
        write(20);
        proxy.mute();
        write(50);
        assertAllStandOnceAndInOrder();
        other.awaitActive(true);
        cutOff.awaitNotReady("the stream engine");
        proxy.unmute();
        cutOff.awaitReady();
        cutOff.awaitActive(false);
        write(20);
        assertAllStandOnceAndInOrder();
      }
    }
  }

  @Test
  void anEngineThatIsFrozenKilledAndEmptiedIsGoneOnWith() throws Exception {
    try (LocalRelay one = local();
        LocalRelay two = local()) {
      write(20);
      nats.freeze();
      write(20);
      one.awaitNotReady("the stream engine");
      nats.thaw();
      one.awaitReady();
      two.awaitReady();
      write(20);
      assertAllStandOnceAndInOrder();

      nats.kill();
      write(20);
      nats.restart();
      assertAllStandOnceAndInOrder();

      nats.kill();
      contents.forget();
      written.clear();
      write(20);
      writeWithWrongClock(5);
      nats.restartEmpty();
      // Before it stands what was committed since the last mark that the relays had read.
      assertThat(contents.await(written)).endsWith(written.toArray(String[]::new));
      assertThat(contents.read()).doesNotHaveDuplicates();
      one.awaitReady();
      two.awaitReady();
    }
  }

  /**
   * While a transaction is open, a relay that starts finds in the table what was published long
   * ago, and has left the stream.
   */
  @Test
  void whatHasLeftTheStreamIsNotPublishedAgain() throws Exception {
    try (Connection open = database.connect();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      assertThat(statement.execute("select txid_current()")).isTrue();
      try (LocalRelay one = local()) {
        writeWithWrongClock(20);
        assertAllStandOnceAndInOrder();
        nats.purge();
        write(5);
        assertAllStandOnceAndInOrder();
        one.kill();
      }
      write(5);
      try (LocalRelay two = local()) {
        assertAllStandOnceAndInOrder();
        two.awaitActive(true);
        write(5);
        assertAllStandOnceAndInOrder();
      }
    }
  }

  /** No relay has run for longer than the stream keeps messages. */
  @Test
  void whenAllMarksHaveLeftTheStreamWhatWasMissedIsFoundByTime() throws Exception {
    try (LocalRelay one = local()) {
      one.awaitActive(true);
      one.kill();
    }
    write(20);
    write(5);
    nats.purge();
    try (LocalRelay two = local()) {
      assertAllStandOnceAndInOrder();
      two.awaitActive(true);
      write(5);
      assertAllStandOnceAndInOrder();
    }
  }

  @Test
  void largeTextsComeInParts() throws Exception {
    try (LocalRelay one = local();
        LocalRelay two = local()) {
      written.add(platform.message(alice, chat, "x".repeat(LARGE_TEXT)).subjectId());
      write(5);
      assertAllStandOnceAndInOrder();
      assertThat(contents.partsRead()).isGreaterThan(LARGE_TEXT / (1 << 20));
      assertThat(contents.events().get(0).head().length + contents.events().get(0).middle().length)
          .isGreaterThan(LARGE_TEXT);
      assertThat(one.isReady()).isTrue();
      assertThat(two.isReady()).isTrue();
    }
  }

  @Test
  void withoutAStreamARelaySaysWhatToDo() throws Exception {
    try (RunningRelay relay = RunningRelay.start(database.url(), nats.url())) {
      relay.awaitNotReady("the stream herald does not exist (expected: made by herald relay");
    }
  }
}
