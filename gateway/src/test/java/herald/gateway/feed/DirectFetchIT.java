package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that are read where they are heard of, and what happens when they can't be. */
@SuppressWarnings("NullAway.Init") // set by start
class DirectFetchIT {
  private final WalletKey key = WalletKey.random(new SecureRandom());
  private final List<String> committed = new ArrayList<>();
  private SharedDatabase database;
  private Community community;
  private Platform platform;
  private PlatformUser alice;
  private PlatformUser bob;
  private String chat;
  private TestGateway gateway;
  private TestClient atBob;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    bob = community.createUser("bob", key.wallet());
    chat = platform.createChat(alice, bob).subjectId();
    start(TestGateway.config(database.url()));
  }

  private void start(GatewayConfig config) throws Exception {
    gateway = TestGateway.start(config);
    atBob = TestClient.connect(gateway.port(), key);
    Eventually.holds("the client is in", 10, () -> gateway.metric("herald_cursors") == 1);
  }

  @AfterEach
  void stop() throws Exception {
    atBob.close();
    gateway.close();
  }

  private void message() throws SQLException {
    committed.add(platform.message(alice, chat, "message " + committed.size()).subjectId());
  }

  private double direct() {
    return gateway.metric("herald_feed_direct_rows_total");
  }

  private double readings() {
    return gateway.metric("herald_feed_query_time_seconds_count");
  }

  /** The connection is made when the gateway listens, on a thread of its own. */
  private void awaitDirect() throws Exception {
    double before = direct();
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (direct() == before) {
      assertThat(System.nanoTime()).as("rows are read directly").isLessThan(deadlineNanos);
      message();
      atBob.awaitMessage(committed.get(committed.size() - 1));
    }
  }

  private void assertAllArrivedOnceAndInOrder() throws Exception {
    atBob.awaitMessage(committed.get(committed.size() - 1));
    assertThat(atBob.messageIds()).isEqualTo(committed);
    assertThat(atBob.isOpen()).isTrue();
  }

  private long pid() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select pid from pg_stat_activity where datname = current_database()"
                    + " and application_name = '"
                    + DirectConnection.APPLICATION_NAME
                    + "'")) {
      assertThat(row.next()).as("the connection is there").isTrue();
      return row.getLong(1);
    }
  }

  private static void signal(String signal, long pid) throws Exception {
    int status = new ProcessBuilder("sh", "-c", "kill " + signal + " " + pid).start().waitFor();
    assertThat(status).isZero();
  }

  @Test
  void whatIsSimpleIsReadOnAnEventLoopAndTheRestByTheFetchThread() throws Exception {
    awaitDirect();
    PlatformUser carol = community.createUser("carol", "0xc");
    double direct = direct();
    platform.createChat(carol, bob);
    platform.blast(alice, BlastAudience.of("follower_audience"), "to nobody");
    Eventually.holds(
        "the blast has been handled",
        20,
        () ->
            gateway.metric("herald_rpc_logs_total{method=\"chat_blast\",outcome=\"pushed\"}")
                    + gateway.metric(
                        "herald_rpc_logs_total{method=\"chat_blast\",outcome=\"not_for_anybody\"}")
                > 0);
    assertThat(direct()).isEqualTo(direct);
    awaitDirect();
    assertAllArrivedOnceAndInOrder();
  }

  @Test
  void theRowsOfOneTransactionShareAReading() throws Exception {
    awaitDirect();
    double rows = direct();
    double readings = readings();
    database.execute(
        "insert into rpc_log select 'sig' || i, '{\"method\":\"chat.read\"}', '0xa', 'bridge',"
            + " now(), now() from generate_series(1, 10) i");
    Eventually.holds("all have been read", 20, () -> direct() == rows + 10);
    assertThat(readings() - readings).isEqualTo(1);
  }

  /** Of ten rows of a transaction the sixth opens a chat, for which more has to be read. */
  @Test
  void theRowsBeforeOneThatIsNotSimpleArePublishedDirectly() throws Exception {
    awaitDirect();
    double rows = direct();
    database.execute(
        "insert into rpc_log select 'sig' || i, json_build_object('method',"
            + " case i when 6 then 'chat.create' else 'chat.read' end,"
            + " 'params', json_build_object('chat_id', 'none')), '0xa', 'bridge', now(), now()"
            + " from generate_series(1, 10) i");
    message();
    assertAllArrivedOnceAndInOrder();
    assertThat(direct()).as("rows that were read on the event loop").isBetween(rows + 5, rows + 6);
    awaitDirect();
    assertAllArrivedOnceAndInOrder();
  }

  @Test
  void manyLongTextsAreLeftToTheFetchThread() throws Exception {
    awaitDirect();
    double rows = direct();
    database.execute(
        "insert into rpc_log select 'sig' || i, ('{\"method\":\"chat.read\",\"x\":\"'"
            + " || repeat('x', 60000) || '\"}')::json, '0xa', 'bridge', now(), now()"
            + " from generate_series(1, 100) i");
    message();
    assertAllArrivedOnceAndInOrder();
    assertThat(direct()).as("rows that were read on the event loop").isLessThan(rows + 100);
  }

  @Test
  void aConnectionThatEndsAgainAndAgainLosesNothing() throws Exception {
    awaitDirect();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 20; i++) {
        message();
        if (i == 10) {
          database.execute("select pg_terminate_backend(" + pid() + ")");
        }
      }
      assertAllArrivedOnceAndInOrder();
      awaitDirect();
    }
    assertAllArrivedOnceAndInOrder();
    assertThat(gateway.metric("herald_listener_losses_total")).isZero();
  }

  /** The statement was prepared for other columns, and fails from then on. */
  @Test
  void aTableWhoseColumnsChangeIsReadDirectlyAgain() throws Exception {
    awaitDirect();
    database.execute("alter table chat_message alter column ciphertext type varchar");
    awaitDirect();
    assertAllArrivedOnceAndInOrder();
  }

  @Test
  void aConnectionThatStandsStillIsGivenUpAndTheFetchThreadReads() throws Exception {
    awaitDirect();
    long frozen = pid();
    signal("-STOP", frozen);
    try {
      for (int i = 0; i < 5; i++) {
        message();
      }
      assertAllArrivedOnceAndInOrder();
      assertThat(gateway.gateway().isReady()).isTrue();
    } finally {
      signal("-CONT", frozen);
    }
    awaitDirect();
    assertAllArrivedOnceAndInOrder();
  }

  private static boolean isFetchThreadWaitingForItsTurn() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Stream::of)
        .anyMatch(
            frame ->
                frame.getClassName().equals(FeedTurn.class.getName())
                    && frame.getMethodName().equals("take"));
  }

  /** Whatever is announced meanwhile: it has a watch that says so when it does not move. */
  @Test
  void theFetchThreadGetsTheTurnBehindAReading() throws Exception {
    awaitDirect();
    double direct = direct();
    double heard = gateway.metric("herald_feed_notifications_total");
    long frozen = pid();
    signal("-STOP", frozen);
    try {
      message();
      Eventually.holds("the fetch thread waits", 10, DirectFetchIT::isFetchThreadWaitingForItsTurn);
      message();
      Eventually.holds(
          "the second one is heard of",
          10,
          () -> gateway.metric("herald_feed_notifications_total") == heard + 2);
    } finally {
      signal("-CONT", frozen);
    }
    assertAllArrivedOnceAndInOrder();
    // Neither of them if the reading has taken so long that it has been given up.
    assertThat(direct()).isBetween(direct, direct + 1);
  }

  @Test
  void withAFetchIntervalTheFetchThreadReads() throws Exception {
    stop();
    GatewayConfig config = TestGateway.config(database.url());
    start(
        config.toBuilder()
            .feed(config.feed().toBuilder().fetchInterval(Duration.ofMillis(5)).build())
            .build());
    for (int i = 0; i < 20; i++) {
      message();
    }
    assertAllArrivedOnceAndInOrder();
    assertThat(direct()).isZero();
  }
}
