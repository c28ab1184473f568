package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.EmbeddedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.ReplicatedDatabase;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * After a crash, and after a promotion, PostgreSQL gives out again the ids of transactions that it
 * does not know of any more. Rows of such ids are new, though a point with greater ids was heard.
 */
@BothFeeds
class IdsGivenOutAgainIT {
  private static final int TRANSACTIONS = 30;

  private final WalletKey key = WalletKey.random(new SecureRandom());
  private final List<String> written = new ArrayList<>();

  private static void execute(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static FeedPoint point(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return FeedPoint.of(connection);
    }
  }

  private static long lastXid(DataSource database) throws SQLException {
    // All ids of these tests are of the first epoch.
    String last = "select max(xmin::text::bigint) from rpc_log";
    return Long.parseLong(ReplicatedDatabase.query(database, last));
  }

  private static void awaitProbes(TestGateway gateway, int count) throws Exception {
    String probes = "herald_probe_round_trip_seconds_count";
    double before = gateway.readingMetric(probes);
    Eventually.holds(
        "probes have come back", 20, () -> gateway.readingMetric(probes) >= before + count);
  }

  private static void useUpIds(DataSource database) throws SQLException {
    execute(
        database,
        "do $$ begin for i in 1.."
            + TRANSACTIONS
            + " loop perform pg_current_xact_id(); rollback; end loop; end $$");
  }

  /** Transactions for whose end nobody waits do not reach the disk then. */
  private static void haltTheLogWriter(DataSource database) throws Exception {
    String writer =
        ReplicatedDatabase.query(
            database, "select pid from pg_stat_activity where backend_type = 'walwriter'");
    int status = new ProcessBuilder("sh", "-c", "kill -STOP " + writer).start().waitFor();
    assertThat(status).isZero();
  }

  private static PlatformUser user(DataSource database, String handle, String wallet)
      throws SQLException {
    return new Community(database).createUser(handle, wallet);
  }

  /**
   * @param isFirst whether the gateway has heard of nothing before those ids
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void afterACrashNothingIsLost(boolean isFirst) throws Exception {
    // Nor does a page that is written out take the log with it.
    Map<String, String> settings = Map.of("bgwriter_lru_maxpages", "0", "autovacuum", "off");
    try (EmbeddedDatabase database = EmbeddedDatabase.start(settings, line -> {});
        TcpProxy proxy = new TcpProxy(database.port())) {
      DataSource source = database.dataSource();
      PlatformUser alice = user(source, "alice", "0xa");
      PlatformUser bob = user(source, "bob", key.wallet());
      Platform platform = new Platform(source);
      String chat = platform.createChat(alice, bob).subjectId();
      String url = database.url().replace(":" + database.port() + "/", ":" + proxy.port() + "/");
      // Else the gateway stores the key when its user connects, and waits for the commit.
      execute(source, "insert into user_pubkeys values (" + bob.userId() + ", 'known')");
      haltTheLogWriter(source);
      if (isFirst) {
        useUpIds(source);
      }
      try (TestGateway gateway = TestGateway.start(url)) {
        if (!isFirst) {
          awaitProbes(gateway, 2);
          useUpIds(source);
        }
        TestClient atBob = TestClient.connect(gateway.port(), key);
        awaitProbes(gateway, 2);
        FeedPoint lost = point(source);
        assertThat(lost.isProved()).isFalse();
        proxy.mute();
        database.stopHard();
        Eventually.holds("the gateway notices", 15, () -> !gateway.gateway().isReady());
        database.restart();
        // Where there is an earlier point, no time is needed to find it.
        Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(isFirst ? 0 : -30));
        Platform late = new Platform(source, clock);
        written.add(late.message(alice, chat, "an id again").subjectId());
        assertThat(lastXid(source)).as("given out again").isLessThan(lost.xmin());
        // A point that is still to come would have all be read.
        useUpIds(source);
        proxy.unmute();
        gateway.awaitReady();
        written.add(platform.message(alice, chat, "after").subjectId());
        atBob.awaitMessage(written.get(1));
        assertThat(atBob.messageIds()).isEqualTo(written);
        atBob.close();
      }
    }
  }

  /** The old primary has committed what the standby never heard of. */
  @Test
  void afterAPromotionNothingIsLostAndNothingComesTwice() throws Exception {
    try (ReplicatedDatabase database = ReplicatedDatabase.start();
        TcpProxy toStandby = new TcpProxy(database.standby().port())) {
      DataSource primary = database.primary().dataSource();
      DataSource standby = database.standby().dataSource();
      PlatformUser alice = user(primary, "alice", "0xa");
      PlatformUser bob = user(primary, "bob", key.wallet());
      Platform platform = new Platform(primary);
      String chat = platform.createChat(alice, bob).subjectId();
      GatewayConfig config =
          TestGateway.config(database.url(database.primary().port(), toStandby.port(), ""));
      try (TestGateway gateway = TestGateway.start(config);
          TestClient atBob = TestClient.connect(gateway.port(), key)) {
        written.add(platform.message(alice, chat, "replicated").subjectId());
        atBob.awaitMessage(written.get(0));
        database.awaitReplay();
        execute(standby, "alter system set primary_conninfo = ''");
        execute(standby, "select pg_reload_conf()");
        Eventually.holds("nothing is received any more", 20, () -> receivers(standby).equals("0"));
        for (int i = 0; i < TRANSACTIONS; i++) {
          written.add(platform.message(alice, chat, "lost by the database " + i).subjectId());
        }
        atBob.awaitMessage(written.get(TRANSACTIONS));
        awaitProbes(gateway, 2);
        FeedPoint lost = point(primary);
        toStandby.mute();
        database.primary().stopHard();
        database.promote();
        // Before the gateway has found its way; and no time helps to find it.
        Clock late = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-30));
        Platform promoted = new Platform(standby, late);
        for (int i = 0; i < TRANSACTIONS / 3; i++) {
          written.add(promoted.message(alice, chat, "an id again " + i).subjectId());
        }
        assertThat(point(standby).xmin()).as("given out again").isLessThan(lost.xmin());
        useUpIds(standby);
        toStandby.unmute();
        gateway.awaitReady();
        written.add(promoted.message(alice, chat, "after").subjectId());
        atBob.awaitMessage(written.get(written.size() - 1));
        assertThat(atBob.messageIds()).isEqualTo(written);
      }
    }
  }

  private static String receivers(DataSource standby) {
    try {
      return ReplicatedDatabase.query(standby, "select count(*) from pg_stat_wal_receiver");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
