package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.SqlUpdates;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestFeed;
import herald.gateway.testing.TestGateway.Eventually;
import herald.gateway.testing.WithDatabaseFeed;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A client that comes back to another instance: processes on one database, without a replay time,
 * so that only what the instances tell each other helps.
 */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class InstancesIT {
  private static final Map<String, String> OPTIONS =
      Map.of("HERALD_REPLAY", "0s", "HERALD_ACKNOWLEDGE_INTERVAL", "1s");
  private static final long PATIENCE_SECONDS = 60;

  private SharedDatabase database;
  private Platform platform;
  private PlatformUser user;
  private PlatformUser friend;
  private WalletKey key;
  private String chat;
  private GatewayProcess first;
  private GatewayProcess second;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    key = WalletKey.random(new SecureRandom());
    user = community.createUser("user", key.wallet());
    friend = community.createUser("friend", WalletKey.random(new SecureRandom()).wallet());
    chat = platform.createChat(user, friend).subjectId();
    first = GatewayProcess.serve(database.url(), OPTIONS).awaitReady();
    second = GatewayProcess.serve(database.url(), OPTIONS).awaitReady();
    awaitInstances(first, 1);
    awaitInstances(second, 1);
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
  }

  private static double metric(GatewayProcess gateway, String name) {
    try {
      return gateway.metric(name);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitInstances(GatewayProcess gateway, int count)
      throws InterruptedException {
    Eventually.holds(
        "the other instances are known",
        PATIENCE_SECONDS,
        () ->
            metric(gateway, "herald_exchange_instances") == count
                && metric(gateway, "herald_exchange_complete") == 1);
  }

  private static void awaitPositions(GatewayProcess gateway, int count)
      throws InterruptedException {
    Eventually.holds(
        "the other instance's positions are known",
        PATIENCE_SECONDS,
        () -> metric(gateway, "herald_exchange_positions") >= count);
  }

  /** Positions are told by marks, which are the probes, or the relay's messages that say so. */
  private void awaitMark() throws InterruptedException {
    if (TestFeed.isStream()) {
      awaitMarksOfTheStream();
    } else {
      awaitProbes();
    }
  }

  /** The last mark is younger than it was before, and that twice. */
  private void awaitMarksOfTheStream() throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      double[] age = {0};
      Eventually.holds(
          "a mark has come in the stream",
          PATIENCE_SECONDS,
          () -> {
            double before = age[0];
            age[0] = metric(second, "herald_stream_mark_age_seconds");
            return age[0] < before;
          });
    }
  }

  private void awaitProbes() throws InterruptedException {
    double before = metric(second, "herald_probe_round_trip_seconds_count");
    Eventually.holds(
        "a mark has been handled that was sent since",
        PATIENCE_SECONDS,
        () -> metric(second, "herald_probe_round_trip_seconds_count") > before + 2);
  }

  private String write(String text) throws Exception {
    return platform.message(friend, chat, text).subjectId();
  }

  /** A client that has received a message, whose connection is known at the other instance. */
  private TestClient connect(GatewayProcess to, GatewayProcess other) throws Exception {
    TestClient client = TestClient.connectWithCookie(to.port(), key, "");
    client.awaitMessage(write("hello"));
    awaitPositions(other, 1);
    return client;
  }

  /** Case D3. */
  @Test
  void whatAClientMissedAtOneInstanceItGetsAtAnother() throws Exception {
    TestClient before = connect(first, second);
    String cookie = before.cookie();
    before.close();
    String missed = write("while it is away");
    try (TestClient after = TestClient.connectWithCookie(second.port(), key, cookie)) {
      after.awaitMessage(missed);
    }
  }

  /** Case D4. */
  @Test
  void whatAClientOfAKilledInstanceMissedItGetsAtAnother() throws Exception {
    TestClient before = connect(first, second);
    String cookie = before.cookie();
    first.kill();
    String missed = write("while it is away");
    try (TestClient after = TestClient.connectWithCookie(second.port(), key, cookie)) {
      after.awaitMessage(missed);
    }
    before.close();
  }

  /** A link that dies without a word: its instance takes the connection for open. */
  @Test
  void whatWentIntoADeadLinkComesAtAnotherInstance() throws Exception {
    TestClient dead = connect(first, second);
    String missed = write("into the dead link");
    String last = write("into the dead link, too");
    dead.awaitMessage(last);
    // It was received by the machine and never confirmed: nobody reads any more.
    try (TestClient after = TestClient.connectWithCookie(second.port(), key, dead.cookie())) {
      after.awaitMessage(missed);
    }
    dead.close();
  }

  /** An instance that came after the connection knows of it from the other one. */
  @Test
  void anInstanceThatIsNewLearnsWhatTheOthersKnow() throws Exception {
    TestClient before = connect(first, second);
    String cookie = before.cookie();
    before.close();
    String missed = write("before the new instance");
    assertThat(first.terminate()).isZero();
    try (GatewayProcess third = GatewayProcess.serve(database.url(), OPTIONS).awaitReady()) {
      awaitInstances(third, 1);
      String later = write("behind it");
      try (TestClient after = TestClient.connectWithCookie(third.port(), key, cookie)) {
        after.awaitMessage(missed);
        after.awaitMessage(later);
      }
    }
  }

  /** It is announced to nobody: one instance searches for such rows often, the other one seldom. */
  private String writeUnannounced(String text) throws Exception {
    try (PlatformTransaction transaction = platform.begin()) {
      SqlUpdates.update(transaction.connection(), "set local session_replication_role = replica");
      String message = transaction.message(friend, chat, text).subjectId();
      transaction.commit();
      return message;
    }
  }

  /**
   * What nobody announced stands before a mark at the instance that has found it, and behind it at
   * the one where the client was.
   */
  @Test
  @WithDatabaseFeed(
      "A stream has one order for all instances, so what nobody announced is at one place in it.")
  void whatNobodyAnnouncedComesAtTheInstanceThatFoundItFirst() throws Exception {
    Map<String, String> seldom = new HashMap<>(OPTIONS);
    seldom.put("HERALD_SWEEP_INTERVAL", "1h");
    Map<String, String> often = new HashMap<>(OPTIONS);
    often.put("HERALD_SWEEP_INTERVAL", "100ms");
    try (GatewayProcess slow = GatewayProcess.serve(database.url(), seldom).awaitReady();
        GatewayProcess quick = GatewayProcess.serve(database.url(), often).awaitReady()) {
      awaitInstances(slow, 3);
      awaitInstances(quick, 3);
      TestClient before = connect(slow, quick);
      String unannounced = writeUnannounced("announced to nobody");
      Eventually.holds(
          "one instance has found it",
          PATIENCE_SECONDS,
          () -> metric(quick, "herald_feed_unannounced_total") == 1);
      awaitMark();
      before.awaitMessage(write("behind it"));
      awaitMark();
      Eventually.holds(
          "all is confirmed",
          PATIENCE_SECONDS,
          () -> metric(slow, "herald_cursors_unconfirmed") == 0);
      assertThat(before.messageIds()).doesNotContain(unannounced);
      before.close();
      Eventually.holds(
          "the end of the connection is known",
          PATIENCE_SECONDS,
          () -> metric(quick, "herald_remembered") == 1);
      try (TestClient after = TestClient.connectWithCookie(quick.port(), key, before.cookie())) {
        after.awaitMessage(unannounced);
      }
    }
  }

  /** What was made good at one instance does not come again at another. */
  @Test
  void whatWasConfirmedElsewhereDoesNotComeAgain() throws Exception {
    TestClient before = connect(first, second);
    String cookie = before.cookie();
    before.close();
    // A connection that begins before this is known may be another one of the same device, for
    // which the position of the ended one is kept.
    Eventually.holds(
        "the end of the connection is known",
        PATIENCE_SECONDS,
        () -> metric(second, "herald_remembered") == 1);
    String missed = write("while it is away");
    try (TestClient after = TestClient.connectWithCookie(second.port(), key, cookie)) {
      after.awaitMessage(missed);
      Eventually.holds(
          "it is confirmed",
          PATIENCE_SECONDS,
          () ->
              metric(second, "herald_remembered") == 0 && metric(first, "herald_remembered") == 0);
      awaitMark();
    }
    Eventually.holds(
        "the end of the connection is known",
        PATIENCE_SECONDS,
        () -> metric(first, "herald_remembered") == 1);
    try (TestClient again = TestClient.connectWithCookie(first.port(), key, cookie)) {
      String next = write("to the third connection");
      again.awaitMessage(next);
      assertThat(again.messageIds()).doesNotContain(missed);
    }
  }
}
