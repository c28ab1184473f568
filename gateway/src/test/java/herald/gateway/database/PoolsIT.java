package herald.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.ReplicatedDatabase;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which server a pooled connection is made to, and how it is replaced. */
@SuppressWarnings("NullAway.Init") // set by start
class PoolsIT {
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

  /** Longer than any test: what is over sooner was ended by the connect time-out. */
  private static final int QUERY_TIMEOUT_MILLIS = 600_000;

  /** Nobody listens there. */
  private static final int CLOSED_PORT = 1;

  /** Of all tests that leave the servers what they are. */
  private static ReplicatedDatabase database;

  private static int primary;
  private static int standby;

  @BeforeAll
  static void start() throws Exception {
    database = ReplicatedDatabase.start();
    primary = database.primary().port();
    standby = database.standby().port();
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private static Pools pools(String primaryUrl, String readUrl) {
    GatewayConfig config = TestGateway.config(primaryUrl);
    FeedSettings feed = config.feed();
    return new Pools(
        config.toBuilder()
            .databases(DatabaseUrl.parse(primaryUrl), DatabaseUrl.parse(readUrl))
            .feed(
                feed.toBuilder()
                    .connectTimeout(Duration.ofMillis(CONNECT_TIMEOUT_MILLIS))
                    .queryTimeout(Duration.ofMillis(QUERY_TIMEOUT_MILLIS))
                    .build())
            .build(),
        new SimpleMeterRegistry());
  }

  private static ServerIdentity server(DataSource source) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return ServerIdentity.of(connection);
    }
  }

  private static ServerIdentity primaryServer() throws SQLException {
    return server(database.primary().dataSource());
  }

  private static ServerIdentity standbyServer() throws SQLException {
    return server(database.standby().dataSource());
  }

  @Test
  void thePrimaryIsFoundWhateverTheOrder() throws Exception {
    for (String parameters :
        new String[] {"", "target_session_attrs=primary", "target_session_attrs=read-write"}) {
      for (String url :
          new String[] {
            database.url(primary, standby, parameters), database.url(standby, primary, parameters)
          }) {
        try (Pools pools = pools(url, url)) {
          assertThat(server(pools.primary())).isEqualTo(primaryServer());
          try (Connection connection = pools.primary().getConnection()) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(QUERY_TIMEOUT_MILLIS + 5_000);
          }
        }
      }
    }
  }

  @Test
  void theReadPoolTakesWhatItsUrlAsksFor() throws Exception {
    String either = database.url(primary, standby, "");
    String prefersStandby = database.url(primary, standby, "target_session_attrs=prefer-standby");
    String wantsStandby = database.url(primary, standby, "target_session_attrs=standby");
    String noStandby = database.url(CLOSED_PORT, primary, "target_session_attrs=prefer-standby");
    assertThat(readServer(either)).isEqualTo(primaryServer());
    assertThat(readServer(database.standby().url())).isEqualTo(standbyServer());
    assertThat(readServer(prefersStandby)).isEqualTo(standbyServer());
    assertThat(readServer(wantsStandby)).isEqualTo(standbyServer());
    assertThat(readServer(noStandby)).isEqualTo(primaryServer());
  }

  private static ServerIdentity readServer(String readUrl) throws SQLException {
    try (Pools pools = pools(database.primary().url() + "?target_session_attrs=any", readUrl)) {
      return server(pools.read());
    }
  }

  @Test
  void aStandbyIsNotThePrimaryAndThatIsSaid() throws Exception {
    String url = database.standby().url();
    try (Pools pools = pools(url, url)) {
      SQLException refused =
          catchThrowableOfType(SQLException.class, () -> server(pools.primary()));
      assertThat(DatabaseFailure.isOfConnection(refused)).isTrue();
      assertThat(DatabaseFailure.isWrongServer(refused)).isTrue();
      assertThat(DatabaseFailure.text(refused))
          .endsWith("the server is a standby (expected: the primary)");
    }
  }

  @Test
  void aPrimaryThatIsSetToReadOnlyIsStillThePrimary() throws Exception {
    SharedDatabase readOnly = SharedDatabase.fresh();
    readOnly.execute(
        "alter database " + readOnly.name() + " set default_transaction_read_only = on");
    String url = readOnly.url();
    try (Pools pools = pools(url, url + "?target_session_attrs=read-write")) {
      assertThat(server(pools.primary()).isInRecovery()).isFalse();
      SQLException refused = catchThrowableOfType(SQLException.class, () -> server(pools.read()));
      assertThat(DatabaseFailure.text(refused))
          .endsWith("the server is read only (expected: one that takes writes)");
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aHostThatIsMuteOrDownKeepsNobodyFromTheOther(boolean isMute) throws Exception {
    try (TcpProxy proxy = new TcpProxy(primary)) {
      proxy.mute();
      String url = database.url(isMute ? proxy.port() : CLOSED_PORT, primary, "");
      try (Pools pools = pools(url, url)) {
        Eventually.holds(
            "a connection is there",
            30,
            () -> {
              try {
                return server(pools.primary()).equals(primaryServer());
              } catch (SQLException e) {
                return false;
              }
            });
      }
    }
  }

  /** The name is a proxy's port, which leads to another server from one moment on. */
  @Test
  void aPoolBehindANameThatMovesIsReplacedOnceEvicted() throws Exception {
    try (ReplicatedDatabase own = ReplicatedDatabase.start();
        TcpProxy name = new TcpProxy(own.primary().port())) {
      String url = own.urlAt(name.port());
      try (Pools pools = pools(url, url)) {
        Connection inUse = pools.primary().getConnection();
        ServerIdentity old = ServerIdentity.of(inUse);
        // One more, which is idle from now on.
        assertThat(server(pools.primary())).isEqualTo(old);
        assertThat(old).isEqualTo(server(own.primary().dataSource()));
        own.promote();
        name.retarget(own.standby().port());
        // The server that was given up goes on, and its connections with it.
        assertThat(server(pools.primary()).isSameServer(old)).isTrue();

        pools.evictPrimary();
        ServerIdentity now = server(pools.primary());
        assertThat(now.isSameServer(old)).isFalse();
        assertThat(now).isEqualTo(server(own.standby().dataSource()));
        assertThat(now.timeline()).isGreaterThan(old.timeline());
        // What is in use is not torn from under its user, and goes when it is given back.
        assertThat(ServerIdentity.of(inUse)).isEqualTo(old);
        inUse.close();
        awaitNoBackend(own.primary().dataSource());
      }
    }
  }

  @Test
  void aFailOverIsFollowedByNewConnections() throws Exception {
    try (ReplicatedDatabase own = ReplicatedDatabase.start()) {
      String url = own.url(own.primary().port(), own.standby().port(), "");
      try (Pools pools = pools(url, url)) {
        assertThat(server(pools.primary())).isEqualTo(server(own.primary().dataSource()));
        own.failOver();
        ServerIdentity successor = server(own.standby().dataSource());
        Eventually.holds(
            "the pool has found the new primary",
            30,
            () -> {
              try {
                return server(pools.primary()).equals(successor);
              } catch (SQLException e) {
                assertThat(DatabaseFailure.isOfConnection(e)).isTrue();
                return false;
              }
            });
      }
    }
  }

  /** But for the test's own connections, which have another name. */
  private static void awaitNoBackend(DataSource server) throws InterruptedException {
    String count = "select count(*) from pg_stat_activity where application_name = 'herald'";
    Eventually.holds(
        "no backend is left",
        20,
        () -> {
          try {
            return ReplicatedDatabase.query(server, count).equals("0");
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
  }
}
