package herald.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.TargetServer;
import herald.gateway.testing.ReplicatedDatabase;
import herald.gateway.testing.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which server it takes, and that it keeps no connection but the one that it gives out. */
@SuppressWarnings("NullAway.Init") // set by start
@Timeout(120)
class DatabaseConnectorIT {
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

  private static ReplicatedDatabase database;
  private static int primary;
  private static int standby;

  private final AtomicLong clockNanos = new AtomicLong();

  /** Held here, since the driver closes what nobody holds any more. */
  private final List<Connection> opened = new ArrayList<>();

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

  private DatabaseConnector connector(int first, int second, TargetServer target) {
    DatabaseUrl url =
        DatabaseUrl.parse(database.url(first, second, "target_session_attrs=" + target));
    DatabaseConnector.Opener driver =
        DatabaseConnector.byDriver(url, new Properties(), CONNECT_TIMEOUT_MILLIS);
    return new DatabaseConnector(
        url,
        host -> {
          Connection connection = driver.open(host);
          opened.add(connection);
          return connection;
        },
        CONNECT_TIMEOUT_MILLIS,
        clockNanos::get);
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

  private List<Connection> open() throws SQLException {
    List<Connection> open = new ArrayList<>();
    for (Connection connection : opened) {
      if (!connection.isClosed()) {
        open.add(connection);
      }
    }
    return open;
  }

  @ParameterizedTest
  @CsvSource({
    "true,  PRIMARY,        primary",
    "false, PRIMARY,        primary",
    "true,  READ_WRITE,     primary",
    "false, READ_WRITE,     primary",
    "true,  READ_ONLY,      standby",
    "false, READ_ONLY,      standby",
    "true,  STANDBY,        standby",
    "false, STANDBY,        standby",
    "true,  PREFER_STANDBY, standby",
    "false, PREFER_STANDBY, standby",
    "true,  ANY,            primary",
    "false, ANY,            standby",
  })
  void theServerIsFoundAndNoOtherIsHeld(boolean isPrimaryFirst, TargetServer target, String found)
      throws Exception {
    DatabaseConnector connector =
        isPrimaryFirst ? connector(primary, standby, target) : connector(standby, primary, target);
    try (Connection connection = connector.getConnection()) {
      assertThat(ServerIdentity.of(connection))
          .isEqualTo(found.equals("primary") ? primaryServer() : standbyServer());
      assertThat(open()).containsExactly(connection);
    }
  }

  @Test
  void aPreferenceTakesTheFirstOfTheOthersAndHoldsNoMore() throws Exception {
    DatabaseConnector connector = connector(primary, primary, TargetServer.PREFER_STANDBY);
    try (Connection connection = connector.getConnection()) {
      assertThat(opened).hasSize(2).first().isSameAs(connection);
      assertThat(open()).containsExactly(connection);
    }
  }

  @Test
  void ofServersThatWillNotDoNoConnectionIsKept() throws Exception {
    assertThatThrownBy(() -> connector(standby, standby, TargetServer.PRIMARY).getConnection())
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("the server is a standby (expected: the primary); 127.0.0.1:");
    assertThat(opened).hasSize(2);
    assertThat(open()).isEmpty();
  }

  @Test
  void aServerThatFallsSilentOverItsRoleIsGivenUp() throws Exception {
    try (TcpProxy proxy = new TcpProxy(primary)) {
      DatabaseUrl url =
          DatabaseUrl.parse(database.url(proxy.port(), primary, "target_session_attrs=primary"));
      DatabaseConnector.Opener driver =
          DatabaseConnector.byDriver(url, new Properties(), CONNECT_TIMEOUT_MILLIS);
      DatabaseConnector connector =
          new DatabaseConnector(
              url,
              host -> {
                Connection connection = driver.open(host);
                opened.add(connection);
                proxy.mute();
                return connection;
              },
              CONNECT_TIMEOUT_MILLIS,
              clockNanos::get);
      try (Connection connection = connector.getConnection()) {
        assertThat(opened).hasSize(2).last().isSameAs(connection);
        assertThat(open()).containsExactly(connection);
      }
    }
  }

  @Test
  void aHostThatHasJustFailedIsTriedLast() throws Exception {
    try (TcpProxy proxy = new TcpProxy(primary)) {
      DatabaseConnector connector = connector(proxy.port(), standby, TargetServer.ANY);
      assertThat(server(connector)).isEqualTo(primaryServer());
      proxy.mute();
      assertThat(server(connector)).isEqualTo(standbyServer());
      proxy.unmute();
      clockNanos.addAndGet(TimeUnit.SECONDS.toNanos(9));
      assertThat(server(connector)).isEqualTo(standbyServer());
      clockNanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
      assertThat(server(connector)).isEqualTo(primaryServer());
    }
  }
}
