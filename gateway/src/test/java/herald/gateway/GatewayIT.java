package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.client.WebSocketClient;
import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.RpcLog;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.HashIds;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The whole way: a commit on a real database, a real gateway, clients on real sockets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class GatewayIT {
  private static final BlastAudience FOLLOWERS = BlastAudience.of("follower_audience");

  private SharedDatabase database;
  private Community community;
  private Platform platform;
  private TestGateway gateway;
  private int handles;

  @BeforeAll
  void start() throws Exception {
    database = SharedDatabase.fresh();
    // Times are UTC whatever the zone of the session, and of the JVM: see the second run of this
    // test.
    database.execute("alter database " + database.name() + " set timezone to 'America/New_York'");
    community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    gateway = TestGateway.start(database.url());
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  /** A user with a key. */
  private record Person(PlatformUser user, WalletKey key) {
    String hashId() {
      return HashIds.encode(user.userId());
    }
  }

  private Person person() throws Exception {
    WalletKey key = WalletKey.random(new SecureRandom());
    return new Person(community.createUser("user" + ++handles, key.wallet()), key);
  }

  private TestClient connect(Person person) throws Exception {
    TestClient client = TestClient.connect(gateway.port(), person.key);
    awaitOpen(1);
    return client;
  }

  /** Waits until the dispatcher has given every socket its place. */
  private void awaitOpen(int atLeast) throws Exception {
    Eventually.holds(
        "all have their place",
        10,
        () ->
            gateway.metric("herald_cursors") >= atLeast
                && gateway.metric("herald_cursors") == gateway.metric("herald_connections_open"));
  }

  @Test
  void aMessageReachesTheOtherMembersAndNobodyElse() throws Exception {
    Person alice = person();
    Person bob = person();
    Person carol = person();
    Person hidden = person();
    Person stranger = person();
    String chat = platform.createChat(alice.user, bob.user, carol.user, hidden.user).subjectId();
    community.setHidden(hidden.user, chat, true);
    try (TestClient atAlice = connect(alice);
        TestClient atBob = connect(bob);
        TestClient atBobsOther = connect(bob);
        TestClient atCarol = connect(carol);
        TestClient atHidden = connect(hidden);
        TestClient atStranger = connect(stranger)) {
      String message = platform.message(alice.user, chat, "hello").subjectId();
      String reaction = platform.react(bob.user, chat, message, "fire").subjectId();
      assertThat(reaction).isEqualTo(message);

      for (TestClient client : List.of(atBob, atBobsOther)) {
        String received = client.awaitMessage("chat.message");
        assertThat(received)
            .contains("\"receiverUserId\":\"" + bob.hashId() + "\"")
            .contains("\"senderUserId\":\"" + alice.hashId() + "\"")
            .contains("\"message\":\"hello\"");
      }
      assertThat(atCarol.awaitMessages(2))
          .satisfiesExactly(
              first -> assertThat(first).contains("chat.message"),
              second -> assertThat(second).contains("chat.react").contains("fire"));
      assertThat(atAlice.awaitMessage("chat.react")).contains(alice.hashId());
      assertThat(atAlice.received()).hasSize(1);
      assertThat(atBob.received()).hasSize(1);
      assertThat(atHidden.received()).isEmpty();
      assertThat(atStranger.received()).isEmpty();
    }
  }

  @Test
  void aBlastReachesItsAudienceOnceAndNobodyElse() throws Exception {
    Person artist = person();
    Person withChat = person();
    Person withoutChat = person();
    Person blocking = person();
    Person bystander = person();
    for (Person follower : List.of(withChat, withoutChat, blocking)) {
      community.follow(follower.user, artist.user);
    }
    String chat = platform.createChat(artist.user, withChat.user).subjectId();
    platform.block(blocking.user, artist.user);
    try (TestClient atArtist = connect(artist);
        TestClient atWithChat = connect(withChat);
        TestClient atWithoutChat = connect(withoutChat);
        TestClient atBlocking = connect(blocking);
        TestClient atBystander = connect(bystander)) {
      String blast = platform.blast(artist.user, FOLLOWERS, "new song").subjectId();

      assertThat(atWithChat.awaitMessages(1).get(0))
          .contains("chat.message")
          .contains("\"message_id\":\"" + blast + chat + "\"")
          .contains("\"message\":\"new song\"")
          .contains("\"is_plaintext\":true")
          .contains("\"receiverUserId\":\"" + withChat.hashId() + "\"");
      assertThat(atWithoutChat.awaitMessages(1).get(0)).contains("chat.blast").contains(blast);
      assertThat(atArtist.awaitMessages(1).get(0)).contains("chat.blast").contains(blast);

      // A message behind the blast, to everybody who got nothing, shows that nothing is coming.
      String end = platform.createChat(withChat.user, blocking.user, bystander.user).subjectId();
      platform.message(withChat.user, end, "end");
      assertThat(atBlocking.awaitMessages(1)).hasSize(1).first().asString().contains("end");
      assertThat(atBystander.awaitMessages(1)).hasSize(1).first().asString().contains("end");
      assertThat(atWithChat.received()).hasSize(1);
      assertThat(atWithoutChat.received()).hasSize(1);
      assertThat(atArtist.received()).hasSize(1);
    }
  }

  @Test
  void whoIsRemovedOrBlocksGetsNothingFromThenOn() throws Exception {
    Person alice = person();
    Person stays = person();
    Person removed = person();
    Person hides = person();
    Person blocks = person();
    String chat =
        platform
            .createChat(alice.user, stays.user, removed.user, hides.user, blocks.user)
            .subjectId();
    try (TestClient atStays = connect(stays);
        TestClient atRemoved = connect(removed);
        TestClient atHides = connect(hides);
        TestClient atBlocks = connect(blocks)) {
      platform.message(alice.user, chat, "before");
      List<TestClient> leaving = List.of(atRemoved, atHides, atBlocks);
      for (TestClient client : leaving) {
        client.awaitMessage("before");
      }
      community.removeMember(removed.user, chat);
      community.setHidden(hides.user, chat, true);
      platform.block(blocks.user, alice.user);
      platform.message(alice.user, chat, "after");
      atStays.awaitMessage("after");
      String end =
          platform.createChat(stays.user, removed.user, hides.user, blocks.user).subjectId();
      platform.message(stays.user, end, "end");
      for (TestClient client : leaving) {
        client.awaitMessage("end");
        assertThat(client.received()).noneMatch(message -> message.contains("after"));
      }
    }
  }

  /** While an audience can't be read, what does not concern the blast's sender passes. */
  @Test
  void aBlastDoesNotHoldUpWhatIsBehindIt() throws Exception {
    Person artist = person();
    Person fan = person();
    Person friend = person();
    community.follow(fan.user, artist.user);
    String withArtist = platform.createChat(artist.user, fan.user).subjectId();
    String withFriend = platform.createChat(friend.user, fan.user).subjectId();
    try (TestClient atFan = connect(fan)) {
      try (Connection connection = database.connect()) {
        String held = blastWithAudienceLocked(artist, connection);
        String behind = platform.message(artist.user, withArtist, "behind the blast").subjectId();
        String passes = platform.message(friend.user, withFriend, "passes").subjectId();
        atFan.awaitMessage(passes);
        assertThat(atFan.received()).noneMatch(message -> message.contains(behind));
        connection.rollback();
        atFan.awaitMessage(behind);
        List<String> ids = atFan.messageIds();
        assertThat(ids).endsWith(passes, held + withArtist, behind);
      }
    }
  }

  /**
   * Commits a blast and locks, from that moment on, the table that says who may write to whom,
   * which the gateway reads for an audience and for nothing else. The writer reads it, too: so the
   * lock waits for its commit, which hands the lock over before it sends the notification.
   */
  private String blastWithAudienceLocked(Person artist, Connection locker) throws Exception {
    locker.setAutoCommit(false);
    try (PlatformTransaction transaction = platform.begin();
        Statement statement = locker.createStatement()) {
      String blast = transaction.blast(artist.user, FOLLOWERS, "new song").subjectId();
      CompletableFuture<Void> locked =
          CompletableFuture.runAsync(
              () -> {
                try {
                  statement.execute("lock table chat_permissions in access exclusive mode");
                } catch (SQLException e) {
                  throw new CompletionException(e);
                }
              });
      Eventually.holds("the lock waits for the blast", 10, this::someSessionWaitsForALock);
      transaction.commit();
      locked.get(10, TimeUnit.SECONDS);
      return blast;
    }
  }

  private boolean someSessionWaitsForALock() {
    try {
      return database
          .query(
              "select exists (select from pg_stat_activity"
                  + " where wait_event_type = 'Lock' and datname = current_database())")
          .equals("t");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aNewChatBringsTheBlastsThatItWasGiven() throws Exception {
    Person artist = person();
    Person follower = person();
    community.follow(follower.user, artist.user);
    String blast = platform.blast(artist.user, FOLLOWERS, "before the chat").subjectId();
    try (TestClient atFollower = connect(follower);
        TestClient atArtist = connect(artist)) {
      atFollower.awaitMessage(blast);
      String chat = platform.createChat(follower.user, artist.user).subjectId();
      assertThat(atFollower.awaitMessage(blast + chat)).contains("chat.message");
      platform.message(follower.user, chat, "end");
      atArtist.awaitMessage("end");
      assertThat(atArtist.received()).noneMatch(message -> message.contains(blast + chat));
    }
  }

  @Test
  void theSenderIsTheNamedUserOfTheWallet() throws Exception {
    WalletKey key = WalletKey.random(new SecureRandom());
    Person first = new Person(community.createUser("user" + ++handles, key.wallet()), key);
    Person second = new Person(community.createUser("user" + ++handles, key.wallet()), key);
    Person bob = person();
    String chat = platform.createChat(second.user, bob.user).subjectId();
    try (TestClient atBob = connect(bob);
        TestClient atFirst = connect(first)) {
      platform.message(second.user, chat, "from the second account");
      assertThat(atBob.awaitMessages(1).get(0))
          .contains("\"senderUserId\":\"" + second.hashId() + "\"");
      // The wallet's lowest user is who connects with its key.
      String other = platform.createChat(bob.user, first.user).subjectId();
      platform.message(bob.user, other, "to the first account");
      assertThat(atFirst.awaitMessages(1).get(0)).contains(first.hashId());
    }
  }

  @Test
  void theReplayReachesWhoConnectsJustAfter() throws Exception {
    Person alice = person();
    Person bob = person();
    String chat = platform.createChat(alice.user, bob.user).subjectId();
    String message = platform.message(alice.user, chat, "just before").subjectId();
    try (TestClient atBob = connect(bob)) {
      assertThat(atBob.awaitMessage(message)).contains("just before");
    }
  }

  /** In this night New York's clocks went from two to three: half past two was never there. */
  @Test
  void aTimeThatIsMissingInTheLocalZoneIsKept() throws Exception {
    Person alice = person();
    Person bob = person();
    String chat = platform.createChat(alice.user, bob.user).subjectId();
    LocalDateTime gap = LocalDateTime.of(2026, 3, 8, 2, 30, 0, 123_456_000);
    try (TestClient atBob = connect(bob)) {
      LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC);
      platform.commit(
          transaction -> {
            transaction.chats().insertMessage("m", chat, alice.user.userId(), "tick", gap);
            return transaction.append(
                new RpcLog("in-the-gap", message(chat, "tick"), alice.user.wallet(), gap, now));
          });
      assertThat(atBob.awaitMessage("tick"))
          .contains("\"timestamp\":\"2026-03-08T02:30:00.123456Z\"");
    }
  }

  @Test
  void thePublicKeyIsStoredOnce() throws Exception {
    Person alice = person();
    String query =
        "select coalesce(max(pubkey_base64), '') from user_pubkeys where user_id = "
            + alice.user.userId();
    try (TestClient one = connect(alice);
        TestClient two = connect(alice)) {
      String expected = Base64.getEncoder().encodeToString(alice.key.publicKey());
      Eventually.holds(
          "the key is there",
          10,
          () -> {
            try {
              return database.query(query).equals(expected);
            } catch (java.sql.SQLException e) {
              throw new AssertionError(e);
            }
          });
      assertThat(one.isOpen() && two.isOpen()).isTrue();
    }
  }

  @Test
  void whatIsNotSignedByAUserIsRefused() throws Exception {
    Person alice = person();
    long now = System.currentTimeMillis();
    String good = alice.key.signedPath("/comms/chats/ws", now);
    assertRefused(good.replace("signature", "signatur"), 400);
    assertRefused(good.replace("timestamp=", "timestamp=1"), 400);
    assertRefused("/comms/chats/ws?timestamp=" + now + "&signature=abc", 400);
    assertRefused(good.replace("/comms/chats/ws", "/comms/chats"), 404);
    assertRefused(alice.key.signedPath("/comms/chats/ws", now - 13 * 3_600_000L), 400);
    assertRefused(alice.key.signedPath("/comms/chats/ws", now + 13 * 3_600_000L), 400);
    WalletKey nobody = WalletKey.random(new SecureRandom());
    assertRefused(nobody.signedPath("/comms/chats/ws", now), 400);
    Person gone = person();
    community.deactivate(gone.user);
    assertRefused(gone.key.signedPath("/comms/chats/ws", now), 400);
    try (TestClient client = connect(alice)) {
      assertThat(client.isOpen()).isTrue();
    }
  }

  private void assertRefused(String path, int status) {
    assertThatThrownBy(() -> WebSocketClient.connect(gateway.port(), path).close())
        .isInstanceOfSatisfying(
            WebSocketClient.RefusedException.class,
            refused -> assertThat(refused.status()).isEqualTo(status));
  }

  @Test
  void whatCanNotBePushedIsCountedAndTheFeedGoesOn() throws Exception {
    Person alice = person();
    Person bob = person();
    String chat = platform.createChat(alice.user, bob.user).subjectId();
    try (TestClient atBob = connect(bob)) {
      insert("no-object", "[1]", alice);
      insert("no-method", "{}", alice);
      insert("unknown-method", "{\"method\":\"chat.dance\",\"params\":{}}", alice);
      insert("unknown-chat", message("nowhere", "x"), alice);
      insert("nul", message(chat, "with \\u0000 inside"), alice);
      database.execute("select pg_notify('rpc_log_inserted', 'no json')");
      database.execute("select pg_notify('rpc_log_inserted', '{\"sig\":\"no-such-row\"}')");
      String last = platform.message(alice.user, chat, "still here").subjectId();
      atBob.awaitMessage(last);
      assertThat(atBob.received()).as("what is not stored is not pushed").hasSize(1);
    }
  }

  private static String message(String chat, String text) {
    return "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\""
        + chat
        + "\",\"message_id\":\"m\",\"message\":\""
        + text
        + "\"}}";
  }

  private void insert(String sig, String rpc, Person sender) throws Exception {
    java.time.LocalDateTime now = java.time.LocalDateTime.now(java.time.ZoneOffset.UTC);
    platform.append(new herald.demo.platform.RpcLog(sig, rpc, sender.user.wallet(), now, now));
  }
}
