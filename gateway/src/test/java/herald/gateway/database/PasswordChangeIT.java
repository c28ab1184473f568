package herald.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.PasswordFile;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The role's password is changed in the database and in its file while a gateway runs. */
class PasswordChangeIT {
  private static final String ROLE = "herald_whose_password_changes";

  /** What the three kinds of connections call themselves. */
  private static final List<String> KINDS = List.of("herald", "herald feed", "herald listener");

  @TempDir private Path folder;
  private final SharedDatabase database = SharedDatabase.fresh();

  PasswordChangeIT() throws Exception {}

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Of the role's connections, all of which are ended first if that is wanted. */
  private List<String> connected(boolean isToEnd) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select application_name, not ? or pg_terminate_backend(pid) from pg_stat_activity"
                    + " where usename = ? and datname = current_database()")) {
      select.setBoolean(1, isToEnd);
      select.setString(2, ROLE);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
    }
    return names;
  }

  private boolean areAllConnected() {
    try {
      return new TreeSet<>(connected(false)).containsAll(KINDS);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void newConnectionsAreMadeWithTheNewOne() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "first\n");
    execute("create role " + ROLE + " login superuser password 'first'");
    URI address = new URI(database.url());
    String server = address.getHost() + ":" + address.getPort() + address.getPath();
    DatabaseUrl url =
        DatabaseUrl.parse("postgresql://" + ROLE + "@" + server)
            .withPassword(new PasswordFile(password));
    WalletKey key = WalletKey.random(new SecureRandom());
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    PlatformUser alice = community.createUser("alice", "0xa");
    String chat = platform.createChat(alice, community.createUser("bob", key.wallet())).subjectId();
    try (TestGateway gateway =
            TestGateway.start(
                TestGateway.config(database.url()).toBuilder().databases(url, url).build());
        TestClient client = TestClient.connect(gateway.port(), key)) {
      Eventually.holds("all kinds are connected", 30, this::areAllConnected);
      execute("alter role " + ROLE + " password 'second'");
      Files.writeString(password, "second\n");
      assertThatThrownBy(
              () ->
                  DriverManager.getConnection("jdbc:postgresql://" + server, ROLE, "first").close())
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
      assertThat(connected(true)).containsAll(KINDS);
      Eventually.holds(
          "the loss is noticed", 30, () -> gateway.metric("herald_listener_losses_total") == 1);
      Eventually.holds("all kinds are connected again", 30, this::areAllConnected);
      gateway.awaitReady();
      client.awaitMessage(platform.message(alice, chat, "still here").subjectId());
    } finally {
      execute("drop role " + ROLE);
    }
  }
}
