package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.client.WebSocketClient;
import herald.demo.platform.BlastAudience;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.ReplaySettings;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestFeed;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.gateway.testing.WithDatabaseFeed;
import herald.protocol.EventId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code metadata.id}, and a client that says with {@code after=} which event it has. */
@BothFeeds
class EventIdIT extends ReplayFixture {
  private TestGateway forgetful() throws Exception {
    return forgetful(ReplaySettings.defaults());
  }

  private static String id(String event) {
    assertThat(event).contains("\"id\":\"");
    String id = event.replaceAll("(?s).*\"id\":\"([^\"]+)\".*", "$1");
    assertThat(EventId.parse(id)).isNotNull();
    return id;
  }

  private static List<String> ids(List<String> events) {
    return events.stream().map(EventIdIT::id).toList();
  }

  /** Messages, a reaction, and blasts with a chat, without one, and into a new one. */
  private List<String> writeAllKinds() throws Exception {
    community.follow(bob, alice);
    community.follow(bob, carol);
    List<String> texts = new ArrayList<>(List.of("first", "\"chat.react\""));
    String first = platform.message(alice, chat, "first").subjectId();
    platform.react(alice, chat, first, "fire");
    for (String text : List.of("blast one", "blast two")) {
      platform.blast(carol, BlastAudience.of("follower_audience"), text);
      texts.add(text);
    }
    platform.blast(alice, BlastAudience.of("follower_audience"), "in the chat");
    texts.add("in the chat");
    platform.createChat(bob, carol);
    texts.addAll(List.of("blast one", "blast two"));
    platform.message(alice, chat, "last");
    texts.add("last");
    return texts;
  }

  private static List<String> awaitAll(TestClient client, List<String> texts) throws Exception {
    List<String> received = client.awaitMessages(texts.size());
    assertThat(received).hasSameSizeAs(texts);
    return received;
  }

  @Test
  void anEventHasTheSameIdOnEveryInstanceAndInEveryReplay() throws Exception {
    try (TestGateway one = TestGateway.start(database.url());
        TestGateway other = TestGateway.start(database.url());
        TestClient ofOne = TestClient.connect(one.port(), key);
        TestClient ofOther = TestClient.connect(other.port(), key)) {
      List<String> texts = writeAllKinds();
      List<String> live = awaitAll(ofOne, texts);
      assertThat(ids(live)).doesNotHaveDuplicates();
      assertThat(awaitAll(ofOther, texts)).containsExactlyInAnyOrderElementsOf(live);
      try (TestGateway fresh = forgetful();
          TestClient again = connectAfter(fresh, begin)) {
        assertThat(awaitAll(again, texts)).containsExactlyInAnyOrderElementsOf(live);
        again.awaitMessage(platform.message(alice, chat, "live").subjectId());
        assertThat(again.received()).hasSize(texts.size() + 1);
      }
    }
  }

  /** Of each event in turn: all behind it in the order in which it came, and nothing else. */
  @Test
  void anIdIsExactFromMemoryAndFromTheDatabase() throws Exception {
    try (TestGateway one = TestGateway.start(database.url());
        TestClient first = TestClient.connect(one.port(), key)) {
      List<String> events = new ArrayList<>();
      String message = "";
      for (int i = 0; i < 4; i++) {
        message = platform.message(alice, chat, "message " + i).subjectId();
        platform.react(alice, chat, message, "fire " + i);
      }
      events.addAll(first.awaitMessages(8));
      try (TestGateway other = TestGateway.start(database.url());
          TestGateway fresh = forgetful()) {
        Eventually.holds(
            "all is in memory", 20, () -> other.metric("herald_log_events") == events.size());
        for (TestGateway gateway : List.of(one, other, fresh)) {
          for (int had = 0; had < events.size(); had++) {
            try (TestClient client = connectAfter(gateway, id(events.get(had)))) {
              List<String> expected = events.subList(had + 1, events.size());
              assertThat(client.awaitMessages(expected.size())).isEqualTo(expected);
            }
          }
        }
        try (TestClient client = connectAfter(fresh, id(events.get(7)))) {
          client.awaitMessage(platform.message(alice, chat, "live").subjectId());
          assertThat(client.received()).hasSize(1);
        }
        assertThat(one.metric("herald_replays_total{source=\"database\"}")).isZero();
        assertThat(other.metric("herald_replays_total{source=\"database\"}")).isZero();
        // A stream gives a fresh instance its past, so that it need not ask the database.
        assertThat(fresh.metric("herald_replays_total{source=\"database\"}"))
            .isEqualTo(TestFeed.isStream() ? 0 : 9);
        assertThat(fresh.metric("herald_gaps_total{source=\"database\"}")).isZero();
      }
    }
  }

  /** One row has become several events: those behind the named one of them come. */
  @Test
  void anIdIsExactWithinARow() throws Exception {
    community.follow(bob, carol);
    for (int i = 0; i < 3; i++) {
      platform.blast(carol, BlastAudience.of("follower_audience"), "blast " + i);
    }
    String created = platform.createChat(carol, bob).subjectId();
    platform.message(carol, created, "last");
    try (TestGateway fresh = forgetful();
        TestClient all = connectAfter(fresh, begin)) {
      List<String> events = all.awaitMessages(7);
      assertThat(events.get(4)).contains("blast 1").contains(created);
      try (TestClient client = connectAfter(fresh, id(events.get(4)))) {
        assertThat(client.awaitMessages(2)).isEqualTo(events.subList(5, 7));
      }
      try (TestClient client = connectAfter(fresh, id(events.get(1)))) {
        assertThat(client.awaitMessages(5)).isEqualTo(events.subList(2, 7));
      }
    }
  }

  /** Times that are the same, or go backwards, do not matter. */
  @Test
  void anIdIsExactWhateverTheTimesAre() throws Exception {
    Clock now = Clock.fixed(Instant.now(), ZoneOffset.UTC);
    Platform still = new Platform(database.dataSource(), now);
    Platform behind =
        new Platform(
            database.dataSource(), Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-30)));
    String[] ids = new String[6];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (i % 3 == 2 ? behind : still).message(alice, chat, "message " + i).subjectId();
    }
    try (TestGateway fresh = forgetful();
        TestClient all = connectAfter(fresh, begin)) {
      List<String> events = all.awaitMessages(ids.length);
      assertThat(all.messageIds()).containsExactly(ids);
      for (int had = 0; had < ids.length; had++) {
        try (TestClient client = connectAfter(fresh, id(events.get(had)))) {
          List<String> expected = events.subList(had + 1, ids.length);
          // More may come, in between.
          Eventually.holds(
              "all behind it have come", 30, () -> client.received().containsAll(expected));
          assertThat(client.received()).containsSubsequence(expected);
          assertThat(ids(client.received())).doesNotContain(id(events.get(had)));
        }
      }
    }
  }

  /** It began before the event and ended after it: the table does not tell, so it is brought. */
  @Test
  void whatMayHaveBeenCommittedLaterIsBrought() throws Exception {
    String other = platform.createChat(carol, bob).subjectId();
    String late;
    String had;
    try (TestGateway gateway = TestGateway.start(database.url());
        TestClient client = TestClient.connect(gateway.port(), key);
        PlatformTransaction open = platform.begin()) {
      late = open.message(carol, other, "committed later").subjectId();
      had = client.awaitMessage(platform.message(alice, chat, "had").subjectId());
      open.commit();
    }
    String last = platform.message(alice, chat, "last").subjectId();
    try (TestGateway fresh = forgetful();
        TestClient client = connectAfter(fresh, id(had))) {
      client.awaitMessages(2);
      assertThat(client.messageIds()).containsExactly(late, last);
    }
  }

  /** Known before it: long ago, in another chat. */
  @Test
  void whatWasWrittenLongBeforeIsNotBrought() throws Exception {
    String other = platform.createChat(carol, bob).subjectId();
    Platform earlier =
        new Platform(
            database.dataSource(), Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-70)));
    earlier.message(carol, other, "long ago");
    platform.message(alice, chat, "had");
    platform.message(alice, chat, "last");
    try (TestGateway fresh = forgetful();
        TestClient all = connectAfter(fresh, begin)) {
      List<String> events = all.awaitMessages(3);
      try (TestClient client = connectAfter(fresh, id(events.get(1)))) {
        client.awaitMessages(1);
        client.awaitMessage(platform.message(alice, chat, "live").subjectId());
        assertThat(client.received()).hasSize(2).first().isEqualTo(events.get(2));
      }
    }
  }

  /** An id of a row that is not there counts as its time, as far as clocks may differ. */
  @Test
  void anIdOfNoRowLosesNothing() throws Exception {
    String message = platform.message(alice, chat, "message").subjectId();
    for (long seconds : new long[] {-60, 0, 100 * 365 * 86_400L}) {
      long micros = Instant.now().plusSeconds(seconds).toEpochMilli() * 1_000;
      try (TestGateway fresh = forgetful();
          TestClient client = connectAfter(fresh, EventId.of("no row", micros).toString())) {
        client.awaitMessage(message);
      }
    }
  }

  /** The instance does not have the event yet, nor what was before it: none of it comes again. */
  @Test
  @WithDatabaseFeed(
      "The instance is behind because its own fetch is slow; for one that is behind the stream"
          + " see RelayedInstancesIT.")
  void anInstanceThatIsBehindIsExactToo() throws Exception {
    GatewayConfig config = TestGateway.config(database.url());
    FeedSettings slow = config.feed().toBuilder().fetchInterval(Duration.ofSeconds(10)).build();
    try (TestGateway ahead = TestGateway.start(config);
        TestClient first = TestClient.connect(ahead.port(), key);
        TestGateway behind = TestGateway.start(config.toBuilder().feed(slow).build())) {
      platform.message(alice, chat, "the last that is fetched");
      Eventually.holds("it is", 30, () -> behind.metric("herald_log_events") == 1);
      List<String> events = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String written = platform.message(alice, chat, "message " + i).subjectId();
        events.add(first.awaitMessage(written));
      }
      try (TestClient client = connectAfter(behind, id(events.get(2)))) {
        assertThat(client.awaitMessages(1)).containsExactly(events.get(3));
        assertThat(behind.metric("herald_log_events")).as("it is behind").isEqualTo(1);
        client.awaitMessage(platform.message(alice, chat, "live").subjectId());
        assertThat(client.received()).hasSize(2);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAA=="})
  void aMalformedIdIsRefused(String after) throws Exception {
    try (TestGateway gateway = TestGateway.start(database.url())) {
      String path =
          key.signedPath("/comms/chats/ws", System.currentTimeMillis(), Map.of("after", after));
      assertThatThrownBy(() -> WebSocketClient.connect(gateway.port(), path).close())
          .hasMessageContaining("400");
    }
  }
}
