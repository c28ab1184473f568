package herald.demo.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class EmbeddedDatabaseIT {
  private static final Map<String, String> SETTINGS =
      Map.of("work_mem", "5MB", "cluster_name", "it's");

  @Test
  void comesBackAfterAKillAndLeavesNothing() throws Exception {
    List<Path> before = directoriesOf(ProcessHandle.current().pid());
    EmbeddedDatabase database = EmbeddedDatabase.start(SETTINGS, line -> {});
    List<Path> own = directoriesOf(ProcessHandle.current().pid());
    own.removeAll(before);
    assertThat(own).hasSize(1);
    try (database) {
      assertThat(query(database, "show work_mem")).isEqualTo("5MB");
      assertThat(query(database, "show cluster_name")).isEqualTo("it's");
      execute(database, "insert into user_pubkeys values (7, 'kept')");

      database.stopHard();
      assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);

      database.restart();
      assertThat(query(database, "select pubkey_base64 from user_pubkeys")).isEqualTo("kept");
    }
    assertThat(own.get(0)).doesNotExist();
    assertThatThrownBy(database::connect).hasMessageContaining("refused");
    database.close();
  }

  @Test
  void aServerWithoutItsPasswordIsClosed() throws Exception {
    try (EmbeddedDatabase database = EmbeddedDatabase.start()) {
      String url = "jdbc:postgresql://127.0.0.1:" + database.port() + "/postgres";
      assertThatThrownBy(() -> DriverManager.getConnection(url, "postgres", "guess"))
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void startsRemoveWhatAKilledProcessLeftAndNothingElse() throws Exception {
    ExecutorService starters = Executors.newFixedThreadPool(2);
    try (EmbeddedDatabase neighbour = EmbeddedDatabase.start()) {
      Process owner =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  DatabaseOwner.class.getName())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String url;
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
        url = out.lines().filter(line -> line.startsWith("jdbc:")).findFirst().orElseThrow();
        owner.destroyForcibly().waitFor();
      }
      List<Path> left = directoriesOf(owner.pid());
      assertThat(left).hasSize(1);
      try (Connection stillRunning = DriverManager.getConnection(url)) {
        assertThat(stillRunning.isValid(0)).isTrue();
      }

      Future<EmbeddedDatabase> first = starters.submit(() -> EmbeddedDatabase.start());
      Future<EmbeddedDatabase> second = starters.submit(() -> EmbeddedDatabase.start());
      first.get().close();
      second.get().close();

      assertThat(left.get(0)).doesNotExist();
      assertThatThrownBy(() -> DriverManager.getConnection(url)).hasMessageContaining("refused");
      assertThat(query(neighbour, "select 1")).isEqualTo("1");
    } finally {
      starters.shutdown();
    }
  }

  @Test
  void runsAsNobodyWhereRootMayNotMakeNamespaces() throws Exception {
    assumeTrue(!ServerAccount.ofThisProcess().commandPrefix().isEmpty(), "this user is not root");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not installed");
    try (EmbeddedDatabase database =
        EmbeddedDatabase.start(ServerAccount.nobody(), Map.of(), line -> {})) {
      assertThat(query(database, "select count(*) from rpc_log")).isEqualTo("0");
    }
  }

  @Test
  void saysWhyAServerDoesNotStart() throws Exception {
    long self = ProcessHandle.current().pid();
    List<Path> before = directoriesOf(self);
    assertThatThrownBy(() -> EmbeddedDatabase.start(Map.of("timezone", "nowhere"), line -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("invalid value for parameter \"TimeZone\"");
    assertThat(directoriesOf(self)).isEqualTo(before);
  }

  /** Starts a database and waits to be killed. */
  static final class DatabaseOwner {
    public static void main(String[] arguments) throws Exception {
      EmbeddedDatabase database = EmbeddedDatabase.start();
      URI url = URI.create(database.url());
      String[] userInfo = url.getUserInfo().split(":", 2);
      System.out.printf(
          "jdbc:postgresql://127.0.0.1:%d/postgres?user=%s&password=%s%n",
          url.getPort(), userInfo[0], userInfo[1]);
      Thread.currentThread().join();
    }
  }

  /** The directories of one process: others may be testing on this machine too. */
  private static List<Path> directoriesOf(long pid) throws IOException {
    List<Path> directories = new ArrayList<>();
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(temporary, DatabaseDirectory.PREFIX + "*")) {
      for (Path directory : found) {
        Path owner = directory.resolve("owner.pid");
        if (Files.exists(owner) && Files.readString(owner).startsWith(pid + " ")) {
          directories.add(directory);
        }
      }
    }
    directories.sort(null);
    return directories;
  }

  private static String query(EmbeddedDatabase database, String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
