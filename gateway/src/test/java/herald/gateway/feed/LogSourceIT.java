package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.EmbeddedDatabase;
import herald.gateway.config.WalSettings;
import herald.gateway.fanout.Event;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** The write-ahead log brings the same events in the same order, whatever happens to it. */
@SuppressWarnings("NullAway.Init") // set before all
class LogSourceIT {
  private static final String TERMINATE =
      "select pg_terminate_backend(active_pid) from pg_replication_slots where active";

  private static EmbeddedDatabase database;
  private static Platform platform;
  private static PlatformUser alice;
  private static PlatformUser bob;
  private static PlatformUser carol;
  private static String chat;
  private static String other;

  private static int slots;

  private final String slot = "test_" + ++slots;

  /** Stands in the texts that both feeds are to hand over; each also catches up with others. */
  private final String compared = "compared-" + slot + "-";

  @BeforeAll
  static void start() throws Exception {
    database =
        EmbeddedDatabase.start(
            Map.of(
                "wal_level", "logical",
                "max_slot_wal_keep_size", "64MB",
                "max_replication_slots", "20",
                "max_wal_senders", "20"),
            line -> {});
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    bob = community.createUser("bob", "0xb");
    carol = community.createUser("carol", "0xc");
    community.follow(carol, alice);
    community.follow(bob, alice);
    chat = platform.createChat(alice, bob).subjectId();
    other = platform.createChat(bob, carol).subjectId();
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @AfterEach
  void dropSlot() throws Exception {
    Eventually.holds(
        "nobody reads the slot",
        30,
        () -> {
          try {
            execute(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                    + " where not active and slot_name = '"
                    + slot
                    + "'");
            return query("select count(*) from pg_replication_slots where active").equals("0");
          } catch (SQLException e) {
            return false;
          }
        });
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  private String ofSlot(String column) throws SQLException {
    return query(
        "select " + column + " from pg_replication_slots where slot_name = '" + slot + "'");
  }

  private SourcedFeed byLog() throws InterruptedException {
    SourcedFeed feed = started();
    feed.awaitReady();
    return feed;
  }

  private SourcedFeed started() {
    return new SourcedFeed(database.url(), new WalSettings(slot, true));
  }

  private static String message() throws SQLException {
    return platform.message(alice, chat, "message").subjectId();
  }

  private static List<String> messages(int count) throws SQLException {
    List<String> written = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      written.add(message());
    }
    return written;
  }

  /** That each of these has come once, in this order. */
  private static void assertOnceAndInOrder(SourcedFeed feed, List<String> written)
      throws InterruptedException {
    feed.await(written.get(written.size() - 1));
    List<String> texts = feed.events().stream().map(SourcedFeed::text).toList();
    List<String> found = new ArrayList<>();
    for (String text : texts) {
      written.stream().filter(text::contains).forEach(found::add);
    }
    assertThat(found).containsExactlyElementsOf(written);
  }

  /** What is read beside the feed holds up its chat alone, on each feed for as long as it takes. */
  @Test
  void theEventsAndTheirOrderInEachChatAreThoseOfTheNotifications() throws Exception {
    compare(
        List.of(
            () -> write(alice, chat, true),
            () -> write(bob, other, true),
            () -> write(bob, chat, true),
            LogSourceIT::copyRows,
            this::blasts),
        (byLog, byNotifications) -> {
          assertThat(byChat(byLog)).isEqualTo(byChat(byNotifications));
          assertThat(texts(byLog, true))
              .hasSizeGreaterThan(10)
              .containsExactlyInAnyOrderElementsOf(texts(byNotifications, true));
          assertThat(
                  byLog.metric("herald_rpc_logs_total{method=\"unknown\",outcome=\"missing_row\"}"))
              .isEqualTo(10);
        });
  }

  @Test
  void whereNothingIsReadBesideTheWholeOrderIsThatOfTheNotifications() throws Exception {
    compare(
        List.of(
            () -> write(alice, chat, false),
            () -> write(bob, other, false),
            () -> write(bob, chat, false),
            LogSourceIT::copyRows),
        (byLog, byNotifications) ->
            assertThat(texts(byLog, false))
                .containsExactlyElementsOf(texts(byNotifications, false)));
  }

  /** Has this written while two feeds hear of it, and looks at what they have handed over. */
  private void compare(List<Callable<Void>> work, BiConsumer<SourcedFeed, SourcedFeed> look)
      throws Exception {
    try (SourcedFeed byLog = byLog();
        SourcedFeed byNotifications = new SourcedFeed(database.url(), null)) {
      byNotifications.awaitReady();
      ExecutorService writers = Executors.newFixedThreadPool(work.size());
      for (Future<Void> done : writers.invokeAll(work)) {
        done.get();
      }
      writers.shutdown();
      String last = message();
      byLog.await(last);
      byNotifications.await(last);
      Eventually.holds(
          "both have handed over as many",
          60,
          () -> byLog.countOf(compared) == byNotifications.countOf(compared));
      assertThat(texts(byLog, false))
          .hasSizeGreaterThan(150)
          .noneMatch(text -> text.contains("never") || text.contains("undone"));
      look.accept(byLog, byNotifications);
      assertThat(byLog.metric("herald_feed_unannounced_total")).isZero();
    }
  }

  /** By the chat that its text names. */
  private Map<String, List<String>> byChat(SourcedFeed feed) {
    return texts(feed, false).stream()
        .collect(
            Collectors.groupingBy(text -> text.split("\"chat_id\":\"", 2)[1].split("\"", 2)[0]));
  }

  private List<String> texts(SourcedFeed feed, boolean isBeside) {
    return feed.events().stream()
        .filter(event -> event.row().isBeside() == isBeside)
        .map(SourcedFeed::text)
        .filter(text -> text.contains(compared))
        .toList();
  }

  /** Single and many rows, some of which come to nothing, and some of which are large. */
  private Void write(PlatformUser sender, String into, boolean isLargeToo) throws SQLException {
    for (int i = 0; i < 10; i++) {
      platform.message(sender, into, compared + "alone");
      try (PlatformTransaction aborted = platform.begin()) {
        String unused = aborted.message(sender, into, compared + "never").subjectId();
      }
      try (PlatformTransaction many = platform.begin()) {
        for (int n = 0; n < 5; n++) {
          String unused = many.message(sender, into, compared + "one of many").subjectId();
        }
        try (Statement statement = many.connection().createStatement()) {
          statement.execute("savepoint s");
          String unused = many.message(sender, into, compared + "undone").subjectId();
          statement.execute("rollback to s");
          statement.execute("savepoint t");
          unused = many.message(sender, into, compared + "kept").subjectId();
          statement.execute("release t");
        }
        many.commit();
      }
      if (isLargeToo) {
        platform.message(sender, into, compared + "x".repeat(100_000));
      }
    }
    return null;
  }

  private Void blasts() throws SQLException {
    for (int i = 0; i < 5; i++) {
      platform.blast(alice, BlastAudience.of("follower_audience"), compared + "to all");
    }
    return null;
  }

  /** Rows that are deleted by the transaction that has inserted them, and rows without messages. */
  private static Void copyRows() throws Exception {
    for (int i = 0; i < 10; i++) {
      try (Connection connection = database.connect()) {
        connection.setAutoCommit(false);
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        String sig = "copied" + System.nanoTime();
        String line = "\t{\"method\": \"chat.read\"}\t0xa\tx\t2026-01-01\t2026-01-01\n";
        copy.copyIn(
            "copy rpc_log (sig, rpc, from_wallet, relayed_by, relayed_at, applied_at) from stdin",
            new StringReader(sig + "a" + line + sig + "b" + line));
        try (Statement statement = connection.createStatement()) {
          statement.execute("delete from rpc_log where sig = '" + sig + "a'");
        }
        connection.commit();
      }
    }
    return null;
  }

  @Test
  void noTriggerIsNeeded() throws Exception {
    try (SourcedFeed feed = byLog()) {
      execute("alter table rpc_log disable trigger user");
      try {
        assertOnceAndInOrder(feed, messages(3));
      } finally {
        execute("alter table rpc_log enable trigger user");
      }
      assertThat(feed.problem()).isNull();
    }
  }

  @Test
  void aConnectionThatIsTerminatedAgainAndAgainCostsNothing() throws Exception {
    try (SourcedFeed feed = byLog()) {
      List<String> written = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        written.addAll(messages(10));
        execute(TERMINATE);
        written.addAll(messages(5));
      }
      assertOnceAndInOrder(feed, written);
      feed.awaitReady();
      assertThat(feed.metric("herald_listener_losses_total")).isGreaterThan(0);
      assertThat(feed.metric("herald_feed_catchups_total")).isEqualTo(1);
    }
  }

  @Test
  void theServerIsKilledAndComesBack() throws Exception {
    try (SourcedFeed feed = byLog()) {
      List<String> written = messages(10);
      database.stopHard();
      Eventually.holds("the feed notices", 30, () -> feed.problem() != null);
      database.restart();
      written.addAll(messages(10));
      assertOnceAndInOrder(feed, written);
      feed.awaitReady();
    }
  }

  @Test
  void theLineGoesMute() throws Exception {
    try (TcpProxy proxy = new TcpProxy(database.port())) {
      String url = database.url().replace(":" + database.port() + "/", ":" + proxy.port() + "/");
      try (SourcedFeed feed = new SourcedFeed(url, new WalSettings(slot, true))) {
        feed.awaitReady();
        List<String> written = messages(3);
        feed.await(written.get(2));
        proxy.mute();
        Eventually.holds("the feed notices", 30, () -> feed.problem() != null);
        written.addAll(messages(3));
        proxy.unmute();
        assertOnceAndInOrder(feed, written);
        feed.awaitReady();
      }
    }
  }

  @Test
  void aNewFeedGoesOnWhereAllWasConfirmed() throws Exception {
    String confirmed;
    List<String> written;
    try (SourcedFeed feed = byLog()) {
      confirmed = message();
      feed.await(confirmed);
      String end = query("select pg_current_wal_lsn()");
      Eventually.holds("it is confirmed", 30, () -> isConfirmedUpTo(end));
      feed.stopConfirming();
      written = messages(5);
      feed.await(written.get(4));
    }
    written.addAll(messages(5));
    try (SourcedFeed feed = byLog()) {
      assertOnceAndInOrder(feed, written);
      assertThat(feed.countOf(confirmed)).isZero();
      assertThat(feed.metric("herald_feed_catchups_total")).isZero();
    }
  }

  private boolean isConfirmedUpTo(String lsn) {
    try {
      return ofSlot("confirmed_flush_lsn >= '" + lsn + "'").equals("t");
    } catch (SQLException e) {
      return false;
    }
  }

  @Test
  void nothingIsConfirmedThatHasNotBeenTaken() throws Exception {
    try (SourcedFeed feed = byLog()) {
      feed.setTaking(false);
      String before = query("select pg_current_wal_insert_lsn()");
      String waiting = message();
      String end = query("select pg_current_wal_lsn()");
      double probes = feed.metric("herald_wal_lag_bytes");
      Eventually.holds(
          "the lag is seen to grow", 30, () -> feed.metric("herald_wal_lag_bytes") > probes);
      assertThat(isConfirmedUpTo(end)).isFalse();
      assertThat(before).isNotEmpty();
      feed.setTaking(true);
      feed.await(waiting);
      Eventually.holds("it is confirmed", 30, () -> isConfirmedUpTo(end));
    }
  }

  @Test
  void theSlotOfAnIdleDatabaseMovesOn() throws Exception {
    try (SourcedFeed feed = byLog()) {
      for (int i = 0; i < 2; i++) {
        String end = query("select pg_current_wal_lsn()");
        Eventually.holds("it is confirmed", 30, () -> isConfirmedUpTo(end));
      }
      assertThat(feed.metric("herald_wal_status{status=\"reserved\"}")).isEqualTo(1);
      assertThat(feed.metric("herald_wal_lag_time_seconds")).isLessThan(30);
      assertThat(feed.metric("herald_wal_retained_bytes")).isPositive();
    }
  }

  @Test
  void aSecondReaderOfTheSlotWaitsAndTakesOver() throws Exception {
    try (SourcedFeed second = secondReader()) {
      second.awaitReady();
      assertOnceAndInOrder(second, messages(3));
    }
  }

  /** One that has waited until the first has gone. */
  private SourcedFeed secondReader() throws Exception {
    try (SourcedFeed first = byLog()) {
      SourcedFeed second = started();
      Eventually.holds(
          "the second one waits",
          30,
          () -> String.valueOf(second.problem()).contains("another reader has"));
      String written = message();
      first.await(written);
      assertThat(second.count()).isZero();
      return second;
    }
  }

  @Test
  void aSlotThatIsDroppedIsMadeAnewAndTheTableIsRead() throws Exception {
    try (SourcedFeed feed = byLog()) {
      List<String> written = messages(3);
      feed.await(written.get(2));
      dropUnderItsReader();
      written.addAll(messages(3));
      assertOnceAndInOrder(feed, written);
      feed.awaitReady();
      written.add(message());
      assertOnceAndInOrder(feed, written);
    }
  }

  private void dropUnderItsReader() throws InterruptedException {
    Eventually.holds(
        "the slot is dropped",
        30,
        () -> {
          try {
            execute(TERMINATE);
            execute("select pg_drop_replication_slot('" + slot + "')");
            return true;
          } catch (SQLException e) {
            return false;
          }
        });
  }

  @Test
  void anInvalidatedSlotIsSaidAndMadeAnewOnlyIfAsked() throws Exception {
    try (SourcedFeed feed = byLog()) {
      feed.await(message());
    }
    execute("alter system set max_slot_wal_keep_size = '1MB'");
    execute("select pg_reload_conf()");
    Eventually.holds(
        "the slot is invalidated",
        60,
        () -> {
          try {
            execute("select pg_logical_emit_message(false, 'filler', repeat('x', 20000000))");
            execute("select pg_switch_wal()");
            execute("checkpoint");
            return ofSlot("wal_status").equals("lost");
          } catch (SQLException e) {
            return false;
          }
        });
    execute("alter system reset max_slot_wal_keep_size");
    execute("select pg_reload_conf()");
    try (SourcedFeed feed = new SourcedFeed(database.url(), new WalSettings(slot, false))) {
      Eventually.holds(
          "the feed says so",
          30,
          () -> String.valueOf(feed.problem()).contains("has been invalidated"));
      assertThat(feed.metric("herald_wal_slot_losses_total")).isEqualTo(1);
      assertThat(feed.metric("herald_wal_status{status=\"lost\"}")).isEqualTo(1);
      assertThat(feed.metric("herald_listener_ready")).isZero();
    }
    try (SourcedFeed feed = byLog()) {
      assertOnceAndInOrder(feed, messages(2));
    }
  }

  /** The log tells of a commit that waits for a standby, and that nobody can see yet. */
  @Test
  void aCommitThatIsNotVisibleYetIsWaitedFor() throws Exception {
    try (SourcedFeed feed = byLog()) {
      execute("alter system set synchronous_standby_names = 'nobody'");
      execute("select pg_reload_conf()");
      Thread writer = new Thread(LogSourceIT::messageIsolated);
      try {
        Eventually.holds(
            "commits wait for a standby",
            30,
            () -> {
              try {
                return query("show synchronous_standby_names").equals("nobody");
              } catch (SQLException e) {
                return false;
              }
            });
        writer.start();
        double heard = feed.metric("herald_feed_notifications_total");
        Eventually.holds(
            "the row is heard of",
            30,
            () -> feed.metric("herald_feed_notifications_total") > heard);
      } finally {
        execute("alter system reset synchronous_standby_names");
        execute("select pg_reload_conf()");
      }
      writer.join();
      feed.awaitCount(1);
      assertThat(feed.metric("herald_rpc_logs_total{method=\"unknown\",outcome=\"missing_row\"}"))
          .isZero();
    }
  }

  private static void messageIsolated() {
    try {
      String unused = message();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSignatureStandsOnceInTheEvents() throws Exception {
    try (SourcedFeed feed = byLog()) {
      assertOnceAndInOrder(feed, messages(20));
      List<Event> events = feed.events();
      assertThat(new HashSet<>(events.stream().map(SourcedFeed::text).toList()))
          .hasSameSizeAs(events);
    }
  }
}
