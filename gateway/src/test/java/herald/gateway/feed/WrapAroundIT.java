package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.EmbeddedDatabase;
import herald.demo.postgres.TransactionIds;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.ReplaySettings;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayMemory;
import herald.gateway.fanout.ReplayRequest;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Transaction ids at the end of an epoch: rows keep 32 bits of them, which begin at zero again. The
 * server notes the times of commits, too.
 */
@SuppressWarnings("NullAway.Init") // set by start
class WrapAroundIT {
  private static final long EPOCH = 1L << 32;

  /** How many ids each test finds before the end. */
  private static final int LEFT = 12;

  private static EmbeddedDatabase database;
  private static int epochs;

  private Connection writer;
  private CatchUp catchUp;

  @BeforeAll
  static void startServer() throws Exception {
    Map<String, String> settings = Map.of("autovacuum", "off", "track_commit_timestamp", "on");
    database = EmbeddedDatabase.start(settings, line -> {});
  }

  @AfterAll
  static void stopServer() throws Exception {
    database.close();
  }

  @BeforeEach
  void start() throws Exception {
    writer = database.connect();
    execute("truncate rpc_log");
    PrimaryGuard noListener = new PrimaryGuard(() -> null, () -> {});
    catchUp =
        new CatchUp(
            database.dataSource(),
            noListener,
            TimeUnit.DAYS.toMillis(1),
            TimeUnit.MINUTES.toMillis(2),
            10_000,
            (sig, xid) -> {});
  }

  @AfterEach
  void stop() throws Exception {
    writer.close();
  }

  private void moveBeforeTheEnd() throws Exception {
    writer.close();
    epochs++;
    TransactionIds.moveBeforeTheEnd(database, epochs, LEFT);
    writer = database.connect();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = writer.createStatement()) {
      statement.execute(sql);
    }
  }

  private void insert(String sig) throws SQLException {
    execute(InsertedRows.sql(sig, "localtimestamp"));
  }

  private FeedPoint point() throws SQLException {
    return FeedPoint.of(writer).proved();
  }

  private List<String> since(FeedPoint point) throws Exception {
    List<String> found = new ArrayList<>();
    catchUp.readSince(point, point, found::addAll);
    return found;
  }

  private static boolean isBeforeTheEnd(FeedPoint point) {
    return point.xmin() < epochs * EPOCH;
  }

  @Test
  void rowsOnBothSidesOfTheEndAreToldApart() throws Exception {
    moveBeforeTheEnd();
    insert("before");
    FeedPoint start = point();
    assertThat(isBeforeTheEnd(start)).isTrue();
    List<String> expected = new ArrayList<>();
    List<FeedPoint> points = new ArrayList<>();
    try (Connection open = database.connect();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute(InsertedRows.sql("open", "localtimestamp"));
      statement.execute("savepoint s");
      statement.execute(InsertedRows.sql("open behind a savepoint", "localtimestamp"));
      for (int i = 0; i < 2 * LEFT; i++) {
        insert("row " + i);
        expected.add("row " + i);
        points.add(point());
      }
      open.commit();
    }
    expected.add("open");
    expected.add("open behind a savepoint");
    assertThat(points).allSatisfy(p -> assertThat(isBeforeTheEnd(p)).as("it is open").isTrue());
    FeedPoint end = point();
    assertThat(isBeforeTheEnd(end)).isFalse();
    assertThat(since(start)).as("in the order of the commits").isEqualTo(expected);
    assertThat(since(end)).isEmpty();
    execute("vacuum (freeze) rpc_log");
    assertThat(since(start)).isEqualTo(expected);
    assertThat(since(end)).isEmpty();
  }

  @Test
  void eachPointAroundTheEndLeavesOutWhatWasVisibleThere() throws Exception {
    moveBeforeTheEnd();
    List<FeedPoint> points = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 2 * LEFT; i++) {
      points.add(point());
      insert("row " + i);
      rows.add("row " + i);
    }
    assertThat(isBeforeTheEnd(points.get(0))).isTrue();
    assertThat(isBeforeTheEnd(points.get(points.size() - 1))).isFalse();
    for (int i = 0; i < points.size(); i += 3) {
      assertThat(since(points.get(i))).isEqualTo(rows.subList(i, rows.size()));
    }
  }

  /** More than half of all ids back, ages say nothing, and the window is read. */
  @Test
  void aPointOfAnEpochBeforeHasTheWindowRead() throws Exception {
    insert("an epoch before");
    FeedPoint point = point();
    moveBeforeTheEnd();
    insert("before the end");
    assertThat(since(point)).containsExactly("an epoch before", "before the end");
  }

  /** The writer whose transaction took its id first may commit last. */
  @Test
  void theOrderIsThatOfTheCommitsWhereTheirTimesAreKept() throws Exception {
    FeedPoint point = point();
    try (LockingWriter first = new LockingWriter(database.dataSource(), "first");
        LockingWriter second = new LockingWriter(database.dataSource(), "second")) {
      first.begin();
      first.insert();
      second.begin();
      second.insert();
      second.commit();
      insert("third");
      first.commit();
    }
    assertThat(since(point)).containsExactly("second", "third", "first");
  }

  /** The one that took its id first waits for the chat, and commits last. */
  @Test
  void aReplayIsInTheOrderOfTheCommitsToo() throws Exception {
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    PlatformUser alice = community.createUser("dora", "0xd");
    PlatformUser bob = community.createUser("emil", "0xe");
    String chat = platform.createChat(alice, bob).subjectId();
    long sinceMicros = point().clockMicros();
    String last;
    String first;
    try (PlatformTransaction early = platform.begin()) {
      LocalDateTime now = early.now();
      early.append(
          new herald.demo.platform.RpcLog("takes an id", "{\"method\":\"x\"}", "0xd", now, now));
      first = platform.message(alice, chat, "first").subjectId();
      last = early.message(alice, chat, "last").subjectId();
      early.commit();
    }
    ReplayReader reader =
        new ReplayReader(
            database::dataSource,
            FeedSettings.defaults(),
            ReplaySettings.defaults(),
            new ReplayMemory(1 << 20),
            () -> 0,
            InstantSource.system());
    Replay replay =
        reader.read(
            ReplayRequest.since(bob.userId(), sinceMicros),
            System.nanoTime() + TimeUnit.MINUTES.toNanos(1),
            () -> true);
    assertThat(replay.events())
        .extracting(event -> new String(event.head(), StandardCharsets.UTF_8))
        .satisfiesExactly(
            text -> assertThat(text).contains(first), text -> assertThat(text).contains(last));
  }

  @Test
  void aTransactionThatIsOpenAcrossTheEndAndALossArrivesOnce() throws Exception {
    moveBeforeTheEnd();
    WalletKey key = WalletKey.random(new SecureRandom());
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    PlatformUser alice = community.createUser("alice", "0xa");
    PlatformUser bob = community.createUser("bob", key.wallet());
    String chat = platform.createChat(alice, bob).subjectId();
    PlatformUser carol = community.createUser("carol", "0xc");
    String other = platform.createChat(bob, alice, carol).subjectId();
    List<String> written = new ArrayList<>();
    try (TcpProxy proxy = new TcpProxy(database.port());
        TestGateway gateway =
            TestGateway.start(database.url().replace(":" + database.port(), ":" + proxy.port()));
        TestClient atBob = TestClient.connect(gateway.port(), key);
        PlatformTransaction open = platform.begin()) {
      written.add(open.message(alice, other, "open").subjectId());
      assertThat(isBeforeTheEnd(point())).isTrue();
      for (int i = 0; i < LEFT; i++) {
        written.add(platform.message(alice, chat, "message " + i).subjectId());
      }
      atBob.awaitMessage(written.get(LEFT));
      proxy.mute();
      Eventually.holds("the gateway notices", 15, () -> !gateway.gateway().isReady());
      open.commit();
      written.add(platform.message(alice, chat, "meanwhile").subjectId());
      proxy.unmute();
      gateway.awaitReady();
      written.add(platform.message(alice, chat, "after").subjectId());
      atBob.awaitMessage(written.get(written.size() - 1));
      assertThat(isBeforeTheEnd(point())).isFalse();
      assertThat(atBob.messageIds()).containsExactlyInAnyOrderElementsOf(written);
    }
  }
}
