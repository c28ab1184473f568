package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.EmbeddedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is committed around a loss of the listener arrives, whatever the writers' clocks say. */
@SuppressWarnings("NullAway.Init") // set by start
class CatchUpIT {
  private final WalletKey key = WalletKey.random(new SecureRandom());
  private EmbeddedDatabase database;
  private TcpProxy proxy;
  private Platform platform;
  private PlatformUser alice;
  private PlatformUser bob;
  private String chat;

  @BeforeEach
  void start() throws Exception {
    database = EmbeddedDatabase.start();
    proxy = new TcpProxy(database.port());
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    bob = community.createUser("bob", key.wallet());
    chat = platform.createChat(alice, bob).subjectId();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    database.close();
  }

  private GatewayConfig config() {
    String url = database.url().replace(":" + database.port() + "/", ":" + proxy.port() + "/");
    return TestGateway.config(url);
  }

  private Platform withClock(Duration offset) {
    return new Platform(database.dataSource(), Clock.offset(Clock.systemUTC(), offset));
  }

  private void loseTheListener(TestGateway gateway) throws Exception {
    proxy.mute();
    Eventually.holds("the gateway notices", 15, () -> !gateway.gateway().isReady());
  }

  private void findItAgain(TestGateway gateway) throws Exception {
    proxy.unmute();
    gateway.awaitReady();
  }

  @ParameterizedTest
  @ValueSource(longs = {-90, -60, -3, 0, 3, 60})
  void aWriterWhoseClockIsWrongLosesNothing(long minutes) throws Exception {
    try (TestGateway gateway = TestGateway.start(config());
        TestClient atBob = TestClient.connect(gateway.port(), key)) {
      Platform wrong = withClock(Duration.ofMinutes(minutes));
      String before = wrong.message(alice, chat, "before").subjectId();
      atBob.awaitMessage(before);
      loseTheListener(gateway);
      String meanwhile = wrong.message(alice, chat, "meanwhile").subjectId();
      findItAgain(gateway);
      atBob.awaitMessage(meanwhile);
      String after = wrong.message(alice, chat, "after").subjectId();
      atBob.awaitMessage(after);
      assertThat(atBob.messageIds()).containsExactly(before, meanwhile, after);
    }
  }

  /** Behind a savepoint a row bears the id of a subtransaction, which no snapshot names. */
  @Test
  void transactionsThatAreOpenAcrossTheLossAreFoundWithTheirSavepoints() throws Exception {
    List<String> written = new ArrayList<>();
    String other = platform.createChat(bob, alice, otherUser()).subjectId();
    try (TestGateway gateway = TestGateway.start(config());
        TestClient atBob = TestClient.connect(gateway.port(), key);
        PlatformTransaction late = withClock(Duration.ofMinutes(-30)).begin()) {
      written.add(late.message(alice, other, "before the savepoint").subjectId());
      try (Statement statement = late.connection().createStatement()) {
        statement.execute("savepoint s");
        written.add(late.message(alice, other, "behind the savepoint").subjectId());
        statement.execute("release savepoint s");
        statement.execute("savepoint t");
        written.add(late.message(alice, other, "behind an open one").subjectId());
      }
      String passes = platform.message(alice, chat, "passes").subjectId();
      atBob.awaitMessage(passes);
      awaitProbes(gateway, 2);
      loseTheListener(gateway);
      late.commit();
      findItAgain(gateway);
      for (String id : written) {
        atBob.awaitMessage(id);
      }
      assertThat(atBob.messageIds())
          .containsExactlyInAnyOrder(written.get(0), written.get(1), written.get(2), passes);
    }
  }

  private PlatformUser otherUser() throws Exception {
    return new Community(database.dataSource()).createUser("carol", "0xc");
  }

  private static void awaitProbes(TestGateway gateway, int count) throws Exception {
    double before = gateway.metric("herald_probe_round_trip_seconds_count");
    Eventually.holds(
        "probes come back",
        20,
        () -> gateway.metric("herald_probe_round_trip_seconds_count") >= before + count);
  }

  /** Stamped long before it is committed, and committed between LISTEN and the first reading. */
  @Test
  void aRowThatIsCommittedJustBehindTheFirstListenIsPushed() throws Exception {
    try (PlatformTransaction late = withClock(Duration.ofSeconds(-15)).begin();
        Statement statement = late.connection().createStatement()) {
      String message = late.message(alice, chat, "stamped early").subjectId();
      // The gateway listens, and waits here for the table that it reads first.
      statement.execute("lock table rpc_log in access exclusive mode");
      try (TestGateway gateway = TestGateway.startUnready(config())) {
        Eventually.holds(
            "it listens", 20, () -> gateway.metric("herald_listener_connects_total") == 1);
        awaitBlockedBy("rpc_log");
        late.commit();
        gateway.awaitReady();
        try (TestClient atBob = TestClient.connect(gateway.port(), key)) {
          atBob.awaitMessage(message);
        }
      }
    }
  }

  private void awaitBlockedBy(String table) throws Exception {
    Eventually.holds(
        "somebody waits for " + table,
        20,
        () -> {
          try (Connection connection = database.connect();
              Statement statement = connection.createStatement();
              var row =
                  statement.executeQuery(
                      "select count(*) from pg_locks where not granted and relation = '"
                          + table
                          + "'::regclass")) {
            return row.next() && row.getInt(1) > 0;
          } catch (java.sql.SQLException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** Nobody is let in before the feed has a beginning: nothing would reach them. */
  @Test
  void nobodyIsLetInBeforeTheFirstListen() throws Exception {
    proxy.mute();
    try (TestGateway gateway = TestGateway.startUnready(config())) {
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> TestClient.connect(gateway.port(), key).close())
          .hasMessageContaining("503");
      proxy.unmute();
      gateway.awaitReady();
      try (TestClient atBob = TestClient.connect(gateway.port(), key)) {
        atBob.awaitMessage(platform.message(alice, chat, "after").subjectId());
      }
    }
  }

  /**
   * As behind a pooler that passes nothing on: the catch-ups alone bring what is committed, and
   * each begins where the one before has ended.
   */
  @Test
  void withoutAnyProbeEverythingComesOnce() throws Exception {
    letNoProbeComeBack();
    List<String> written = new ArrayList<>();
    try (TestGateway gateway = TestGateway.startUnready(config())) {
      TestClient[] atBob = new TestClient[1];
      Eventually.holds(
          "the feed has begun",
          30,
          () -> {
            try {
              atBob[0] = TestClient.connect(gateway.port(), key);
              return true;
            } catch (java.io.IOException e) {
              return false;
            }
          });
      try (TestClient client = atBob[0]) {
        for (int i = 0; i < 3; i++) {
          written.add(platform.message(alice, chat, "message " + i).subjectId());
          client.awaitMessage(written.get(i));
        }
        double catchUps = gateway.metric("herald_feed_catchups_total");
        Eventually.holds(
            "two more catch-ups",
            30,
            () -> gateway.metric("herald_feed_catchups_total") >= catchUps + 2);
        assertThat(client.messageIds()).isEqualTo(written);
        assertThat(gateway.gateway().isReady()).isFalse();
      }
    }
  }

  /** To sessions that begin from now on. */
  private void letNoProbeComeBack() throws Exception {
    execute(
        "create schema deaf;"
            + "create function deaf.pg_notify(text, text) returns void language sql as $$"
            + " select $$;"
            + "alter role postgres set search_path = deaf, public, pg_catalog");
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * A catch-up may run while the listener is away again: it knows by itself which server it reads.
   */
  @Test
  void aCatchUpBeforeAnyProbeHasComeBackGoesByVisibilityToo() throws Exception {
    try (TestGateway gateway = TestGateway.start(config());
        TestClient atBob = TestClient.connect(gateway.port(), key)) {
      String before = platform.message(alice, chat, "before").subjectId();
      atBob.awaitMessage(before);
      letNoProbeComeBack();
      loseTheListener(gateway);
      String meanwhile = withClock(Duration.ofMinutes(-30)).message(alice, chat, "x").subjectId();
      proxy.unmute();
      atBob.awaitMessage(meanwhile);
      execute("alter role postgres reset search_path");
      gateway.awaitReady();
      String last = withClock(Duration.ofMinutes(-30)).message(alice, chat, "y").subjectId();
      atBob.awaitMessage(last);
      assertThat(atBob.messageIds()).containsExactly(before, meanwhile, last);
    }
  }
}
