package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.client.WebSocketClient;
import herald.demo.platform.BlastAudience;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.ReplaySettings;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that says with {@code after=} where it was. */
@BothFeeds
class ReplayIT extends ReplayFixture {
  private static final int PLACES = 10;

  private TestGateway forgetful(int maxEvents) throws Exception {
    return forgetful(
        ReplaySettings.builder().maxEvents(maxEvents).threads(1).maxWaiting(10).build());
  }

  @Test
  void theDatabaseGivesWhatMemoryDoesNotHold() throws Exception {
    community.follow(bob, alice);
    community.follow(bob, carol);
    String first = platform.message(alice, chat, "first").subjectId();
    platform.react(alice, chat, first, "fire");
    String inChat =
        platform.blast(alice, BlastAudience.of("follower_audience"), "in the chat").subjectId();
    String blast =
        platform.blast(carol, BlastAudience.of("follower_audience"), "without").subjectId();
    String hidden = platform.createChat(alice, carol).subjectId();
    platform.message(alice, hidden, "not for bob");
    platform.message(bob, chat, "bob's own");
    try (TestGateway gateway = forgetful(100);
        TestClient plain = TestClient.connect(gateway.port(), key);
        TestClient client = connectAfter(gateway, begin)) {
      String live = platform.message(alice, chat, "live").subjectId();
      client.awaitMessage(live);
      assertThat(client.received())
          .satisfiesExactly(
              message -> assertThat(message).contains("chat.message").contains(first),
              message -> assertThat(message).contains("chat.react").contains("fire"),
              message -> assertThat(message).contains("chat.message").contains(inChat + chat),
              message -> assertThat(message).contains("chat.blast").contains(blast),
              message -> assertThat(message).contains(live));
      plain.awaitMessage(live);
      assertThat(plain.received()).as("without after= nothing is replayed").hasSize(1);
    }
  }

  @Test
  void whatIsBeyondTheBoundIsSaidAsAGap() throws Exception {
    List<String> written = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      written.add(platform.message(alice, chat, "message " + i).subjectId());
    }
    try (TestGateway gateway = forgetful(4);
        TestClient client = connectAfter(gateway, begin)) {
      client.awaitMessage(written.get(9));
      assertThat(client.received().get(0))
          .contains("\"method\":\"gateway.gap\"")
          .contains("\"from\":\"" + begin.truncatedTo(java.time.temporal.ChronoUnit.MICROS));
      assertThat(client.messageIds()).isEqualTo(written.subList(6, 10));
      assertThat(gateway.metric("herald_gaps_total{source=\"database\"}")).isEqualTo(1);
    }
  }

  private static double outcomes(TestGateway gateway, String outcome) {
    return gateway.metric("herald_database_replays_total{outcome=\"" + outcome + "\"}");
  }

  /**
   * The table is locked until one user's replays have taken all the places and more. Then another
   * user comes, gets a place and an answer, and it is one of the other user who gets a gap.
   */
  @Test
  void whileOneUserHammersAnotherIsAnswered() throws Exception {
    WalletKey hammersKey = WalletKey.random(new SecureRandom());
    PlatformUser hammer = community.createUser("hammer", hammersKey.wallet());
    String hammersChat = platform.createChat(alice, hammer).subjectId();
    platform.message(alice, hammersChat, "for the one who hammers");
    String missed = platform.message(alice, chat, "missed").subjectId();
    GatewayConfig config = TestGateway.config(database.url());
    List<TestClient> hammering = new ArrayList<>();
    try (TestGateway gateway =
            TestGateway.start(
                config.toBuilder()
                    .eventLog(config.eventLog().toBuilder().replay(Duration.ZERO).build())
                    .feed(config.feed().toBuilder().queryTimeout(Duration.ofMinutes(2)).build())
                    .replay(
                        ReplaySettings.builder()
                            .threads(1)
                            .maxWaiting(PLACES)
                            .timeout(Duration.ofMinutes(2))
                            .build())
                    .build());
        Connection lock = database.dataSource().getConnection()) {
      lock.setAutoCommit(false);
      lock.createStatement().execute("lock table rpc_log in access exclusive mode");
      // One is being read, the others take the places, and one gets none.
      for (int i = 0; i < PLACES + 2; i++) {
        hammering.add(
            TestClient.connect(gateway.port(), hammersKey, Map.of("after", begin.toString())));
      }
      TestGateway.Eventually.holds(
          "all places are taken",
          60,
          () ->
              outcomes(gateway, "too_many") == 1
                  && gateway.metric("herald_replays_waiting") == PLACES);
      try (TestClient client = connectAfter(gateway, begin)) {
        TestGateway.Eventually.holds(
            "one of the other user has lost its place",
            60,
            () -> outcomes(gateway, "too_many") == 2);
        lock.rollback();
        client.awaitMessage(missed);
        assertThat(client.received()).noneMatch(message -> message.contains("gateway.gap"));
      }
    } finally {
      for (TestClient client : hammering) {
        client.close();
      }
    }
  }

  @Test
  void memoryServesWhatItHolds() throws Exception {
    try (TestGateway gateway = TestGateway.start(database.url())) {
      String first = platform.message(alice, chat, "first").subjectId();
      String second = platform.message(alice, chat, "second").subjectId();
      // Else the database may be asked too, and what it gives comes twice.
      TestGateway.Eventually.holds(
          "both are in memory", 20, () -> gateway.metric("herald_log_events") == 2);
      try (TestClient client = connectAfter(gateway, Instant.now())) {
        client.awaitMessage(second);
        assertThat(client.messageIds()).containsExactly(first, second);
      }
    }
  }

  /** The clocks of writer, client and gateway differ: the event arrives, once. */
  @ParameterizedTest
  @ValueSource(longs = {-60, -30, -1, 0, 1, 30, 60})
  void aClientWhoseClockIsWrongMissesNothing(long minutes) throws Exception {
    Platform wrong =
        new Platform(
            database.dataSource(), Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-minutes)));
    String first = platform.message(alice, chat, "while away").subjectId();
    String second = wrong.message(alice, chat, "by another writer").subjectId();
    try (TestGateway gateway = forgetful(100);
        TestClient client =
            connectAfter(gateway, Instant.now().plus(Duration.ofMinutes(minutes)))) {
      String live = platform.message(alice, chat, "live").subjectId();
      client.awaitMessage(live);
      if (client.received().stream().noneMatch(message -> message.contains("gateway.gap"))) {
        assertThat(client.messageIds()).contains(first);
        assertThat(minutes > 30 || client.messageIds().contains(second)).isTrue();
      }
      assertThat(client.messageIds()).doesNotHaveDuplicates();
    }
  }

  /** The timestamp of an event that the client has is a place, whatever the clocks say. */
  @Test
  void theTimeOfAnEventInMemoryIsExact() throws Exception {
    try (TestGateway gateway = TestGateway.start(database.url())) {
      Platform ahead =
          new Platform(database.dataSource(), Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
      Platform behind =
          new Platform(
              database.dataSource(), Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)));
      String had = ahead.message(alice, chat, "the client has this").subjectId();
      TestClient first = TestClient.connect(gateway.port(), key);
      String received = first.awaitMessage(had);
      first.close();
      String missed = behind.message(alice, chat, "stamped two hours earlier").subjectId();
      Instant after = Instant.parse(received.replaceAll(".*\"timestamp\":\"([^\"]+)\".*", "$1"));
      try (TestClient client = connectAfter(gateway, after)) {
        client.awaitMessage(missed);
        String live = platform.message(alice, chat, "live").subjectId();
        client.awaitMessage(live);
        assertThat(client.messageIds()).endsWith(missed, live).doesNotHaveDuplicates();
        assertThat(gateway.metric("herald_replays_total{source=\"database\"}")).isZero();
      }
    }
  }

  @Test
  void aTimeThatIsNoneIsRefused() throws Exception {
    try (TestGateway gateway = TestGateway.start(database.url())) {
      String path =
          key.signedPath(
              "/comms/chats/ws", System.currentTimeMillis(), Map.of("after", "yesterday"));
      assertThatThrownBy(() -> WebSocketClient.connect(gateway.port(), path).close())
          .hasMessageContaining("400");
    }
  }
}
