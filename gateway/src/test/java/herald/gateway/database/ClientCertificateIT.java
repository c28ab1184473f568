package herald.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.EmbeddedDatabase;
import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.TestCertificates;
import herald.gateway.testing.TestGateway.Eventually;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that lets a role in by its certificate alone: both drivers have to show it. */
class ClientCertificateIT {
  private static final String ROLE = "herald_by_certificate";

  @TempDir private Path folder;
  private final Instant expires =
      Instant.now().plus(Duration.ofHours(3)).truncatedTo(ChronoUnit.SECONDS);
  private final EmbeddedDatabase database = EmbeddedDatabase.start();

  ClientCertificateIT() throws Exception {}

  @BeforeEach
  void configureServer() throws Exception {
    X509Bundle server = TestCertificates.selfSigned("127.0.0.1");
    X509Bundle client = TestCertificates.selfSigned(ROLE, expires);
    Files.writeString(folder.resolve("server.crt"), server.getCertificatePEM());
    Files.writeString(folder.resolve("client.crt"), client.getCertificatePEM());
    Path key = folder.resolve("client.pk8");
    Files.write(key, client.getKeyPair().getPrivate().getEncoded());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    serverFile("server.crt", server.getCertificatePEM());
    serverFile("server.key", server.getPrivateKeyPEM());
    serverFile("clients.crt", client.getCertificatePEM());
    serverFile(
        "pg_hba.conf",
        "hostssl all "
            + ROLE
            + " 127.0.0.1/32 cert\nhost all "
            + ROLE
            + " all reject\nhost all all 127.0.0.1/32 scram-sha-256\n");
    execute("create role " + ROLE + " login superuser");
    execute("alter system set ssl_ca_file = 'clients.crt'");
    execute("alter system set ssl = on");
    execute("select pg_reload_conf()");
  }

  @AfterEach
  void close() throws Exception {
    database.close();
  }

  /** Written by the server, whose account may be another. */
  private void serverFile(String name, String text) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create temp table lines (line text, number serial)");
      try (PreparedStatement insert =
          connection.prepareStatement(
              "insert into lines(line) select unnest(string_to_array(?, chr(10)))")) {
        insert.setString(1, text.replace("\r", ""));
        insert.execute();
      }
      statement.execute(
          "copy (select line from lines order by number) to program 'cat > "
              + name
              + " && chmod 600 "
              + name
              + "'");
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String url(String host) {
    return "postgresql://"
        + ROLE
        + "@"
        + host
        + ":"
        + database.port()
        + "/postgres?sslmode=verify-ca&sslrootcert="
        + folder.resolve("server.crt")
        + "&sslcert="
        + folder.resolve("client.crt")
        + "&sslkey="
        + folder.resolve("client.pk8");
  }

  /** With the second name, the listener's driver is given its properties in another way. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "herald_db"})
  void listenerAndPoolsAreLetInByCertificate(String host) throws Exception {
    Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 herald_db localhost\n");
    try (GatewayProcess gateway =
        GatewayProcess.serve(
            url(host), Map.of("JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + hosts))) {
      gateway.awaitReady();
      // The second one is made when the listener listens.
      Eventually.holds(
          "all are let in",
          20,
          () -> letInByCertificate().equals(Set.of("herald", "herald feed", "herald listener")));
      assertThat(
              gateway.metric(
                  "herald_certificate_expiration_timestamp_seconds", "files=\"database_tls\""))
          .isEqualTo((double) expires.getEpochSecond());
      assertRowsAreReadWhereTheyAreHeardOf(gateway);
    }
  }

  /** There the answers are read by a handler of ours, behind the driver's that decrypts them. */
  private void assertRowsAreReadWhereTheyAreHeardOf(GatewayProcess gateway) throws Exception {
    Community community = new Community(database.dataSource());
    PlatformUser alice = community.createUser("alice", "0xa");
    PlatformUser bob = community.createUser("bob", "0xb");
    Platform platform = new Platform(database.dataSource());
    String chat = platform.createChat(alice, bob).subjectId();
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    do {
      assertThat(System.nanoTime()).as("messages are read directly").isLessThan(deadlineNanos);
      double rows = gateway.metric("herald_feed_rows_total");
      platform.message(alice, chat, "text");
      while (gateway.metric("herald_feed_rows_total") == rows) {
        assertThat(System.nanoTime()).as("messages are read").isLessThan(deadlineNanos);
      }
    } while (gateway.metric("herald_feed_direct_rows_total") == 0);
    assertThat(gateway.metric("herald_feed_errors_total")).isZero();
  }

  private Set<String> letInByCertificate() {
    Set<String> names = new TreeSet<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select application_name from pg_stat_ssl join pg_stat_activity using (pid)"
                    + " where client_dn = '/CN="
                    + ROLE
                    + "'")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return names;
  }
}
