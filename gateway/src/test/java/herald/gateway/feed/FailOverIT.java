package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.ReplicatedDatabase;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One name leads first to one server and then to another: the listener is on the right one, and
 * pooled connections are on the other. The URL wants any server, so that nothing but the feed's own
 * look finds it out.
 */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class FailOverIT {
  private static final int ROWS = 20;
  private static final String POOLED =
      "select count(*) from pg_stat_activity where application_name = 'herald'";
  private static final String TERMINATE =
      "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name ";

  private final WalletKey key = WalletKey.random(new SecureRandom());
  private final List<String> written = new ArrayList<>();
  private ReplicatedDatabase database;
  private TcpProxy name;
  private TestGateway gateway;
  private TestClient atBob;
  private PlatformUser alice;
  private String chat;

  @BeforeEach
  void start() throws Exception {
    database = ReplicatedDatabase.start();
    name = new TcpProxy(database.primary().port());
    DataSource primary = database.primary().dataSource();
    Community community = new Community(primary);
    alice = community.createUser("alice", "0xa");
    PlatformUser bob = community.createUser("bob", key.wallet());
    chat = new Platform(primary).createChat(alice, bob).subjectId();
    GatewayConfig config =
        TestGateway.config(database.urlAt(name.port()) + "?target_session_attrs=any");
    gateway = TestGateway.start(config);
    atBob = TestClient.connect(gateway.port(), key);
    write(primary, 1);
    atBob.awaitMessage(written.get(0));
    database.awaitReplay();
  }

  @AfterEach
  void stop() throws Exception {
    atBob.close();
    gateway.close();
    name.close();
    database.close();
  }

  private void write(DataSource server, int count) throws SQLException {
    Platform platform = new Platform(server);
    for (int i = 0; i < count; i++) {
      written.add(platform.message(alice, chat, "message " + written.size()).subjectId());
    }
  }

  private void assertAllArrivedOnceAndInOrder() throws Exception {
    atBob.awaitMessage(written.get(written.size() - 1));
    assertThat(atBob.messageIds()).isEqualTo(written);
    assertThat(
            gateway.readingMetric(
                "herald_rpc_logs_total{method=\"unknown\",outcome=\"missing_row\"}"))
        .isZero();
  }

  private static int count(DataSource server, String query) {
    try {
      return Integer.parseInt(ReplicatedDatabase.query(server, query));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitPooledOn(DataSource server) throws InterruptedException {
    Eventually.holds("a pooled connection is there", 30, () -> count(server, POOLED) > 0);
  }

  private static void awaitNonePooledOn(DataSource server) throws InterruptedException {
    Eventually.holds("no pooled connection is left", 30, () -> count(server, POOLED) == 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPooledConnectionToWhatIsAStandbyNowIsReplaced(boolean isPaused) throws Exception {
    database.failOver();
    DataSource old = database.primary().dataSource();
    DataSource promoted = database.standby().dataSource();
    awaitPooledOn(old);
    if (isPaused) {
      ReplicatedDatabase.query(old, "select pg_wal_replay_pause()");
    }
    write(promoted, ROWS);
    name.retarget(database.standby().port());
    gateway.awaitReady();
    write(promoted, ROWS);
    assertAllArrivedOnceAndInOrder();
    awaitNonePooledOn(old);
  }

  /** New connections lead to the standby while the listener's stays where it is. */
  @Test
  void aRowThatTheStandbyHasNotReplayedIsNotMissing() throws Exception {
    DataSource primary = database.primary().dataSource();
    DataSource standby = database.standby().dataSource();
    database.pauseReplay();
    name.retarget(database.standby().port());
    count(primary, TERMINATE + "in ('herald', 'herald feed')");
    awaitPooledOn(standby);
    double failures = gateway.readingMetric("herald_feed_errors_total");
    write(primary, ROWS);
    Eventually.holds(
        "the standby is found out",
        20,
        () -> gateway.readingMetric("herald_feed_errors_total") > failures);
    name.retarget(database.primary().port());
    assertAllArrivedOnceAndInOrder();
    awaitNonePooledOn(standby);
  }

  /** The old primary goes on, and takes itself for the primary still. */
  @Test
  void aPooledConnectionToAPrimaryThatWasGivenUpIsReplaced() throws Exception {
    DataSource old = database.primary().dataSource();
    DataSource promoted = database.standby().dataSource();
    database.promote();
    awaitPooledOn(old);
    name.retarget(database.standby().port());
    write(promoted, ROWS);
    count(old, TERMINATE + "not in ('herald', '') and pid <> pg_backend_pid()");
    Eventually.holds(
        "the listener has found the new primary",
        20,
        () -> gateway.readingMetric("herald_listener_connects_total") == 2);
    gateway.awaitReady();
    write(promoted, ROWS);
    assertAllArrivedOnceAndInOrder();
    awaitNonePooledOn(old);
  }
}
