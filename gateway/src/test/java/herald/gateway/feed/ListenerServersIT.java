package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.database.DatabaseFailure;
import herald.gateway.testing.ReplicatedDatabase;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestGateway.Eventually;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which server the listener takes, and what is left of one that it does not take: nothing. */
@SuppressWarnings("NullAway.Init") // set by start
class ListenerServersIT {
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final int QUERY_TIMEOUT_MILLIS = 5_000;

  /** Nobody listens there. */
  private static final int CLOSED_PORT = 1;

  /** The test's own connection, and nobody else's. */
  private static final String OTHERS =
      "select count(*) from pg_stat_activity where backend_type = 'client backend'"
          + " and pid <> pg_backend_pid()";

  private static ReplicatedDatabase database;

  @BeforeAll
  static void start() throws Exception {
    // A backend that is asleep finds out that its client is gone.
    database = ReplicatedDatabase.start(Map.of("client_connection_check_interval", "100ms"));
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private static ListenerConnection open(String url, String... channels) throws Exception {
    return open(url, CONNECT_TIMEOUT_MILLIS, QUERY_TIMEOUT_MILLIS, channels);
  }

  private static ListenerConnection open(
      String url, int connectTimeoutMillis, int queryTimeoutMillis, String... channels)
      throws Exception {
    return ListenerConnection.open(
        DatabaseUrl.parse(url),
        connectTimeoutMillis,
        queryTimeoutMillis,
        (channel, payload) -> {},
        () -> {},
        channels);
  }

  private static void awaitNobodyElse(DataSource server) throws InterruptedException {
    Eventually.holds(
        "no backend is left",
        20,
        () -> {
          try {
            return ReplicatedDatabase.query(server, OTHERS).equals("0");
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?target_session_attrs=any", "?target_session_attrs=read-write"})
  void aStandbyIsRefusedSaysWhyAndKeepsNoBackend(String parameters) throws Exception {
    for (int i = 0; i < 5; i++) {
      Throwable refused =
          catchThrowable(() -> open(database.standby().url() + parameters, "some_channel"));
      assertThat(DatabaseFailure.text(refused))
          .endsWith("the server is a standby; LISTEN needs the primary");
      assertThat(DatabaseFailure.isWrongServer(refused)).isTrue();
    }
    awaitNobodyElse(database.standby().dataSource());
  }

  @Test
  void aListenThatFailsKeepsNoBackend() throws Exception {
    assertThatThrownBy(() -> open(database.primary().url(), "first", "two words"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("syntax error");
    awaitNobodyElse(database.primary().dataSource());
  }

  @Test
  void aListenThatTakesTooLongKeepsNoBackend() throws Exception {
    // The driver makes two statements of it.
    String slow = "first; do $$ begin perform pg_sleep(600); end $$";
    assertThatThrownBy(() -> open(database.primary().url(), CONNECT_TIMEOUT_MILLIS, 500, slow))
        .isInstanceOf(SQLException.class)
        .hasMessage("no answer within 500 ms");
    awaitNobodyElse(database.primary().dataSource());
  }

  @Test
  void anInterruptKeepsNoBackendEither() throws Exception {
    String slow = "first; do $$ begin perform pg_sleep(600); end $$";
    CountDownLatch isInterrupted = new CountDownLatch(1);
    Thread opening =
        new Thread(
            () -> {
              try {
                open(database.primary().url(), CONNECT_TIMEOUT_MILLIS, 600_000, slow).close();
              } catch (InterruptedException e) {
                isInterrupted.countDown();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    opening.start();
    Eventually.holds(
        "the statement runs",
        20,
        () -> count(OTHERS + " and state = 'active' and query like '%pg_sleep%'") == 1);
    opening.interrupt();
    assertThat(isInterrupted.await(20, TimeUnit.SECONDS)).isTrue();
    awaitNobodyElse(database.primary().dataSource());
  }

  /** The driver goes on connecting, which nobody waits for any more. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionThatComesTooLateIsClosed(boolean isInterrupted) throws Exception {
    String sessions = "select sessions from pg_stat_database where datname = 'postgres'";
    DataSource otherDatabase = database.primary().dataSource("template1");
    long before = Long.parseLong(ReplicatedDatabase.query(otherDatabase, sessions));
    try (TcpProxy proxy = new TcpProxy(database.primary().port())) {
      proxy.mute();
      CountDownLatch gaveUp = new CountDownLatch(1);
      Thread opening =
          new Thread(
              () ->
                  assertThatThrownBy(
                          () ->
                              open(
                                  database.urlAt(proxy.port()),
                                  isInterrupted ? 600_000 : 500,
                                  QUERY_TIMEOUT_MILLIS,
                                  "a"))
                      .satisfies(e -> gaveUp.countDown()));
      opening.start();
      if (isInterrupted) {
        Eventually.holds(
            "the connecting is waited for",
            20,
            () -> opening.getState() == Thread.State.TIMED_WAITING);
        opening.interrupt();
      }
      assertThat(gaveUp.await(20, TimeUnit.SECONDS)).isTrue();
      proxy.unmute();
      Eventually.holds(
          "the session has begun",
          20,
          () -> {
            try {
              return Long.parseLong(ReplicatedDatabase.query(otherDatabase, sessions)) > before;
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
          });
      awaitNobodyElse(database.primary().dataSource());
    }
  }

  private static int count(String query) {
    try {
      return Integer.parseInt(ReplicatedDatabase.query(database.primary().dataSource(), query));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "true, ''",
    "true, target_session_attrs=primary",
    "true, target_session_attrs=read-write",
    "false, ''",
    "false, target_session_attrs=primary",
    "false, target_session_attrs=read-write",
  })
  void thePrimaryIsFoundWhateverTheOrder(boolean isFirst, String parameters) throws Exception {
    int primary = database.primary().port();
    int standby = database.standby().port();
    String url =
        isFirst
            ? database.url(primary, standby, parameters)
            : database.url(standby, primary, parameters);
    try (ListenerConnection listener = open(url, "some_channel")) {
      assertThat(listener.host().port()).isEqualTo(primary);
      awaitNobodyElse(database.standby().dataSource());
    }
    awaitNobodyElse(database.primary().dataSource());
  }

  @Test
  void aHostThatIsDownOrMuteCostsItsOwnDeadlineAlone() throws Exception {
    int primary = database.primary().port();
    try (ListenerConnection listener = open(database.url(CLOSED_PORT, primary, ""), "a")) {
      assertThat(listener.host().port()).isEqualTo(primary);
    }
    try (TcpProxy proxy = new TcpProxy(primary)) {
      proxy.mute();
      String url = database.url(proxy.port(), primary, "");
      try (ListenerConnection listener = open(url, 2_000, QUERY_TIMEOUT_MILLIS, "a")) {
        assertThat(listener.host().port()).isEqualTo(primary);
      }
    }
    awaitNobodyElse(database.primary().dataSource());
  }

  @Test
  void whenNoneWillDoEachIsNamedWithItsReason() throws Exception {
    int standby = database.standby().port();
    Throwable refused =
        catchThrowable(() -> open(database.url(CLOSED_PORT, standby, ""), "some_channel"));
    assertThat(refused)
        .hasMessageStartingWith("127.0.0.1:1: ")
        .hasMessageContaining("refused")
        .hasMessageContaining("127.0.0.1:" + standby + ": ")
        .hasMessageEndingWith("the server is a standby; LISTEN needs the primary");
    assertThat(DatabaseFailure.isWrongServer(refused)).isTrue();
    assertThat(DatabaseFailure.isOfConnection(refused)).isTrue();
  }

  @Test
  void aPrimaryThatTakesNoWritesIsRefusedWhereTheyAreAskedForAlone() throws Exception {
    SharedDatabase readOnly = SharedDatabase.fresh();
    readOnly.execute(
        "alter database " + readOnly.name() + " set default_transaction_read_only = on");
    open(readOnly.url() + "?target_session_attrs=primary", "some_channel").close();
    Throwable refused =
        catchThrowable(() -> open(readOnly.url() + "?target_session_attrs=read-write", "a"));
    assertThat(DatabaseFailure.text(refused))
        .endsWith("the server is read only; target_session_attrs is read-write");
    assertThat(DatabaseFailure.isWrongServer(refused)).isTrue();
  }

  @Test
  void aDatabasesNameMayHoldAnything() throws Exception {
    String name = "a b/c?d&e%f+g";
    try (Connection connection = database.primary().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create database \"" + name + "\"");
    }
    DatabaseUrl url = DatabaseUrl.parse(database.primary().url("a%20b%2Fc%3Fd%26e%25f%2Bg"));
    assertThat(url.database()).isEqualTo(name);
    try (ListenerConnection listener =
            ListenerConnection.open(
                url, CONNECT_TIMEOUT_MILLIS, QUERY_TIMEOUT_MILLIS, (a, b) -> {}, () -> {}, "a");
        Connection pooled = DriverManager.getConnection(url.jdbcUrl(), url.jdbcProperties())) {
      assertThat(pooled.getCatalog()).isEqualTo(name);
      assertThat(listener.isClosed()).isFalse();
    }
    awaitNobodyElse(database.primary().dataSource());
  }

  @Test
  void aHostNameWithAnUnderscoreIsLookedUp() {
    assertThatThrownBy(() -> open("postgresql://u@no_such_host.invalid:5432/x", "a"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("no_such_host.invalid")
        .satisfies(e -> assertThat(DatabaseFailure.isOfConnection(e)).isTrue());
  }
}
