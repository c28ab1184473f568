package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Relays, PostgreSQL and NATS: each message stands in the stream once, in order. */
@SuppressWarnings("NullAway.Init") // set by start
class RelayIT {
  private static final int LARGE_TEXT = 2 << 20;

  private RelayFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new RelayFixture();
  }

  @AfterEach
  void stop() throws Exception {
    if (fixture != null) {
      fixture.close();
    }
  }

  /** Rows that are not stamped with the last moments, of which a feed reads some by time. */
  private void writeWithWrongClock(int count) throws SQLException {
    Clock past = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-1));
    fixture.write(new Platform(fixture.database.dataSource(), past), count);
  }

  @Test
  void relaysThatAreKilledPausedAndStoppedLoseNothing() throws Exception {
    try (RunningRelay one = fixture.process();
        RunningRelay two = fixture.process()) {
      one.awaitReady();
      two.awaitReady();
      fixture.write(50);
      fixture.assertAllStandOnceAndInOrder();

      RunningRelay killed = one.isActive() ? one : two;
      RunningRelay other = killed == one ? two : one;
      assertThat(other.isActive()).isFalse();
      fixture.write(10);
      killed.kill();
      fixture.write(50);
      fixture.assertAllStandOnceAndInOrder();
      other.awaitActive(true);

      try (RunningRelay third = fixture.process().awaitReady()) {
        other.pause();
        fixture.write(50);
        fixture.assertAllStandOnceAndInOrder();
        third.awaitActive(true);
        other.resume();
        other.awaitActive(false);
        fixture.write(10);
        assertThat(third.terminate()).as(third.output()).isZero();
        fixture.write(50);
        fixture.assertAllStandOnceAndInOrder();
        other.kill();
      }
      // No relay runs.
      writeWithWrongClock(50);
      try (RunningRelay fourth = fixture.process().awaitReady()) {
        fixture.assertAllStandOnceAndInOrder();
        fourth.awaitActive(true);
        fixture.write(10);
        fixture.assertAllStandOnceAndInOrder();
      }
    }
  }

  /** What has the same id is taken for the same, so there is one event for all in the chat. */
  @Test
  void aBlastIsForAllInAChat() throws Exception {
    PlatformUser carol = fixture.community.createUser("carol", "0xc");
    PlatformUser dave = fixture.community.createUser("dave", "0xd");
    fixture.community.follow(carol, fixture.alice);
    fixture.community.follow(dave, fixture.alice);
    String group = fixture.platform.createChat(fixture.alice, carol, dave).subjectId();
    try (LocalRelay one = fixture.relay()) {
      assertThat(one.isActive()).isFalse();
      BlastAudience followers = BlastAudience.of("follower_audience");
      String message =
          fixture.platform.blast(fixture.alice, followers, "to all").subjectId() + group;
      fixture.contents.await(List.of(message));
      assertThat(fixture.contents.audienceOf(message))
          .containsExactly(carol.userId(), dave.userId());
    }
  }

  @Test
  void aClientOfAnInstanceThatReadsTheStreamGetsAllInOrder() throws Exception {
    GatewayConfig config = fixture.instanceAt(fixture.nats.url());
    try (LocalRelay one = fixture.relay();
        LocalRelay two = fixture.relay();
        TestGateway gateway = TestGateway.start(config);
        TestClient atBob = TestClient.connect(gateway.port(), fixture.bobsKey)) {
      fixture.write(20);
      atBob.awaitMessage(fixture.written.get(19));
      (one.isActive() ? one : two).kill();
      fixture.write(20);
      atBob.awaitMessage(fixture.written.get(39));
      assertThat(atBob.messageIds()).isEqualTo(fixture.written);
    }
  }

  @Test
  void aRelayThatIsCutOffFromTheEngineIsReplaced() throws Exception {
    try (TcpProxy proxy = new TcpProxy(fixture.nats.port());
        LocalRelay cutOff =
            LocalRelay.start(fixture.database.url(), "nats://127.0.0.1:" + proxy.port())) {
      cutOff.awaitActive(true);
      try (LocalRelay other = fixture.relay()) {
        fixture.write(20);
        proxy.mute();
        fixture.write(50);
        fixture.assertAllStandOnceAndInOrder();
        other.awaitActive(true);
        cutOff.awaitNotReady("the stream engine");
        proxy.unmute();
        cutOff.awaitReady();
        cutOff.awaitActive(false);
        fixture.write(20);
        fixture.assertAllStandOnceAndInOrder();
      }
    }
  }

  @Test
  void anEngineThatIsFrozenKilledAndEmptiedIsGoneOnWith() throws Exception {
    try (LocalRelay one = fixture.relay();
        LocalRelay two = fixture.relay()) {
      fixture.write(20);
      fixture.nats.freeze();
      fixture.write(20);
      one.awaitNotReady("the stream engine");
      fixture.nats.thaw();
      one.awaitReady();
      two.awaitReady();
      fixture.write(20);
      fixture.assertAllStandOnceAndInOrder();

      fixture.nats.kill();
      fixture.write(20);
      fixture.nats.restart();
      fixture.assertAllStandOnceAndInOrder();

      fixture.nats.kill();
      fixture.contents.forget();
      fixture.written.clear();
      fixture.write(20);
      writeWithWrongClock(5);
      fixture.nats.restartEmpty();
      // Before it stands what was committed since the last mark that the relays had read.
      assertThat(fixture.contents.await(fixture.written))
          .endsWith(fixture.written.toArray(String[]::new));
      assertThat(fixture.contents.read()).doesNotHaveDuplicates();
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
    try (Connection open = fixture.database.connect();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      assertThat(statement.execute("select txid_current()")).isTrue();
      try (LocalRelay one = fixture.relay()) {
        writeWithWrongClock(20);
        fixture.assertAllStandOnceAndInOrder();
        fixture.nats.purge();
        fixture.write(5);
        fixture.assertAllStandOnceAndInOrder();
        one.kill();
      }
      fixture.write(5);
      try (LocalRelay two = fixture.relay()) {
        fixture.assertAllStandOnceAndInOrder();
        two.awaitActive(true);
        fixture.write(5);
        fixture.assertAllStandOnceAndInOrder();
      }
    }
  }

  /** No relay has run for longer than the stream keeps messages. */
  @Test
  void whenAllMarksHaveLeftTheStreamWhatWasMissedIsFoundByTime() throws Exception {
    try (LocalRelay one = fixture.relay()) {
      one.awaitActive(true);
      one.kill();
    }
    fixture.write(20);
    fixture.write(5);
    fixture.nats.purge();
    try (LocalRelay two = fixture.relay()) {
      fixture.assertAllStandOnceAndInOrder();
      two.awaitActive(true);
      fixture.write(5);
      fixture.assertAllStandOnceAndInOrder();
    }
  }

  @Test
  void largeTextsComeInParts() throws Exception {
    try (LocalRelay one = fixture.relay();
        LocalRelay two = fixture.relay()) {
      fixture.written.add(
          fixture
              .platform
              .message(fixture.alice, fixture.chat, "x".repeat(LARGE_TEXT))
              .subjectId());
      fixture.write(5);
      fixture.assertAllStandOnceAndInOrder();
      assertThat(fixture.contents.partsRead()).isGreaterThan(LARGE_TEXT / (1 << 20));
      assertThat(
              fixture.contents.events().get(0).head().length
                  + fixture.contents.events().get(0).middle().length)
          .isGreaterThan(LARGE_TEXT);
      assertThat(one.isReady()).isTrue();
      assertThat(two.isReady()).isTrue();
    }
  }

  @Test
  void withoutAStreamARelaySaysWhatToDo() throws Exception {
    try (RunningRelay relay = RunningRelay.start(fixture.database.url(), fixture.nats.url())) {
      relay.awaitNotReady("the stream herald does not exist (expected: made by herald relay");
    }
  }

  /** What others write there is never read, so its end would never be reached. */
  @Test
  void aStreamThatOthersCanWriteToIsNotReadBeforeItIsCorrected() throws Exception {
    String sentence = "the stream takes [herald.>] (expected: herald.events alone)";
    StreamConfiguration wide =
        StreamConfiguration.builder()
            .name(StreamSettings.DEFAULT_NAME)
            .subjects(StreamSettings.DEFAULT_NAME + ".>")
            .storageType(StorageType.Memory)
            .build();
    StreamInfo added = fixture.nats.ask(server -> server.jetStreamManagement().addStream(wide));
    assertThat(added.getConfiguration().getSubjects()).containsExactly("herald.>");
    try (RunningRelay relay = RunningRelay.start(fixture.database.url(), fixture.nats.url())) {
      relay.awaitNotReady(sentence);
    }
    // Its storage can't be changed, which does not keep the rest from being corrected.
    try (LocalRelay relay = fixture.relay()) {
      relay.awaitReady();
    }
    StreamInfo updated =
        fixture.nats.ask(server -> server.jetStreamManagement().updateStream(wide));
    assertThat(updated.getConfiguration().getSubjects()).containsExactly("herald.>");
    try (TestGateway gateway = TestGateway.startUnready(fixture.instanceAt(fixture.nats.url()))) {
      Eventually.holds(
          "the instance says why",
          60,
          () -> String.valueOf(gateway.gateway().notReadyReason()).contains(sentence));
    }
  }
}
