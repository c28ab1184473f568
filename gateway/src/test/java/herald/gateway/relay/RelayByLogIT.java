package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.EmbeddedDatabase;
import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TestGateway.Eventually;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Relays that read the write-ahead log, as processes. */
@SuppressWarnings("NullAway.Init") // set before all
class RelayByLogIT {
  private static EmbeddedDatabase database;
  private static NatsServer nats;
  private static Platform platform;
  private static PlatformUser alice;
  private static String chat;

  /** Longer than a feed reads from the table that begins at no known place. */
  private static final Duration LOOK_BACK = Duration.ofSeconds(12);

  private final List<String> written = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    nats = NatsServer.start();
    database =
        EmbeddedDatabase.start(
            Map.of("wal_level", "logical", "max_slot_wal_keep_size", "1GB"), line -> {});
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    chat = platform.createChat(alice, community.createUser("bob", "0xb")).subjectId();
  }

  @AfterAll
  static void stop() throws Exception {
    if (database != null) {
      database.close();
    }
    if (nats != null) {
      nats.close();
    }
  }

  private static RunningRelay byLog(String slot) throws Exception {
    return RunningRelay.start(
        database.url(),
        nats.url(),
        "--create-stream",
        "--source",
        "wal",
        "--slot",
        slot,
        "--create-slot");
  }

  private void write(int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      written.add(platform.message(alice, chat, "message " + i).subjectId());
    }
  }

  private static String query(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void awaitConfirmed(String slot) throws Exception {
    String end = query("select pg_current_wal_lsn()");
    Eventually.holds(
        "the slot is confirmed up to the end",
        60,
        () -> {
          try {
            return query(
                    "select confirmed_flush_lsn >= '"
                        + end
                        + "' from pg_replication_slots where slot_name = '"
                        + slot
                        + "'")
                .equals("t");
          } catch (SQLException e) {
            return false;
          }
        });
  }

  @Test
  void withASlotEachTheyLoseNothingAndWithNotificationsNeither() throws Exception {
    try (StreamContents contents = new StreamContents(nats.url());
        RunningRelay one = byLog("one").awaitReady();
        RunningRelay two = byLog("two").awaitReady()) {
      execute("alter table rpc_log disable trigger user");
      write(50);
      assertArrived(contents);
      // Also that of the one that stands by.
      awaitConfirmed("one");
      awaitConfirmed("two");

      RunningRelay killed = one.isActive() ? one : two;
      RunningRelay other = killed == one ? two : one;
      write(20);
      killed.kill();
      write(20);
      assertArrived(contents);
      other.awaitActive(true);
      other.kill();
      // No relay runs.
      write(20);
      try (RunningRelay third = byLog("one").awaitReady()) {
        assertArrived(contents);
        execute("alter table rpc_log enable trigger user");
        try (RunningRelay byNotifications =
            RunningRelay.start(database.url(), nats.url()).awaitReady()) {
          write(20);
          third.kill();
          write(20);
          assertArrived(contents);
          byNotifications.awaitActive(true);
        }
      }
    }
  }

  @Test
  void aSlotThatBeginsBehindTheStreamsLastMarkIsCaughtUpWith() throws Exception {
    try (StreamContents contents = new StreamContents(nats.url())) {
      try (RunningRelay relay = byLog("three").awaitReady()) {
        write(20);
        assertArrived(contents);
        awaitConfirmed("three");
        relay.kill();
      }
      awaitUnused("three");
      execute("select pg_drop_replication_slot('three')");
      write(20);
      // As by a relay that ends before it has read the table.
      execute("select pg_create_logical_replication_slot('three', 'pgoutput')");
      write(20);
      try (RunningRelay relay = byLog("three").awaitReady()) {
        assertArrived(contents);
        assertThat(relay.isActive()).isTrue();
      }
    }
  }

  /**
   * No relay has run for longer than the stream keeps messages, and its slot was lost meanwhile.
   */
  @Test
  void aSlotThatIsLostWhenAllMarksHaveLeftTheStreamIsCaughtUpWith() throws Exception {
    try (StreamContents contents = new StreamContents(nats.url())) {
      try (RunningRelay relay = byLog("four").awaitReady()) {
        write(20);
        assertArrived(contents);
        awaitConfirmed("four");
        relay.kill();
      }
      awaitUnused("four");
      nats.purge();
      execute("select pg_drop_replication_slot('four')");
      // Of those before, some may come again.
      written.clear();
      write(20);
      Instant writtenAt = Instant.now();
      Eventually.holds(
          "a relay that knows nothing does not look back as far",
          60,
          () -> Instant.now().isAfter(writtenAt.plus(LOOK_BACK)));
      try (RunningRelay relay = byLog("four").awaitReady()) {
        assertArrived(contents);
        assertThat(relay.isActive()).isTrue();
      }
    }
  }

  /** All that this test has written is in the stream, once and in its order. */
  private void assertArrived(StreamContents contents) throws InterruptedException {
    List<String> arrived = new ArrayList<>(contents.await(written));
    arrived.retainAll(written);
    assertThat(arrived).isEqualTo(written);
  }

  private static void awaitUnused(String slot) throws Exception {
    Eventually.holds(
        "nobody reads the slot",
        60,
        () -> {
          try {
            return query("select active from pg_replication_slots where slot_name = '" + slot + "'")
                .equals("f");
          } catch (SQLException e) {
            return false;
          }
        });
  }

  @Test
  void withoutASlotItEndsAtOnce() throws Exception {
    Process process =
        GatewayProcess.herald(
            Map.of(),
            "relay",
            "--database",
            database.url(),
            "--feed",
            nats.url(),
            "--admin",
            "127.0.0.1:0",
            "--source",
            "wal",
            "--slot",
            "none");
    assertThat(process.waitFor()).isEqualTo(1);
  }
}
