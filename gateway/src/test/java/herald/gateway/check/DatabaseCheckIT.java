package herald.gateway.check;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.check.Finding.Level;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.sql.SqlScript;
import herald.gateway.testing.ReplicatedDatabase;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class DatabaseCheckIT {
  private static final int TIMEOUT_MILLIS = 20_000;

  private SharedDatabase database;

  @BeforeEach
  void createDatabase() throws SQLException {
    database = SharedDatabase.fresh();
  }

  @Test
  void aFreshDatabasePassesAndTheSuperuserIsRemarkedOn() throws Exception {
    List<Finding> findings = check(database.url());
    assertThat(findings)
        .filteredOn(finding -> finding.level() != Level.OK)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.level()).isEqualTo(Level.WARN);
              assertThat(finding.subject()).isEqualTo("role");
            });
    assertThat(findings)
        .extracting(Finding::subject)
        .contains(
            "connection",
            "server",
            "primary",
            "time zone",
            "clock",
            "connections",
            "notifications",
            "rpc_log",
            "users",
            "chat_member",
            "chat_message",
            "chat_blast",
            "user_pubkeys",
            "chat_allowed",
            "chat_blast_audience",
            "trigger",
            "pooler",
            "listen");
  }

  @Test
  void theGrantedRolePassesWithoutARemark() throws Exception {
    try (LeastPrivileged role = new LeastPrivileged()) {
      assertThat(check(role.url())).extracting(Finding::level).containsOnly(Level.OK);
    }
  }

  @Test
  void aRevokedPrivilegeIsNamed() throws Exception {
    try (LeastPrivileged role = new LeastPrivileged()) {
      database.execute("revoke select on chat_member from edge");
      database.execute("revoke insert on user_pubkeys from edge");
      database.execute("revoke select on follows from edge");
      database.execute("revoke execute on function chat_allowed from edge, public");
      assertThat(failures(check(role.url())))
          .hasSize(4)
          .anyMatch(
              line -> line.startsWith("chat_member: the role lacks SELECT (expected: granted"))
          .anyMatch(line -> line.startsWith("user_pubkeys: the role lacks INSERT"))
          .anyMatch(line -> line.contains("permission denied for table follows"))
          .anyMatch(line -> line.contains("permission denied for function chat_allowed"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "drop trigger herald_rpc_log_inserted on rpc_log | trigger: no trigger announces",
        "alter table rpc_log disable trigger user | trigger: herald_rpc_log_inserted is disabled",
        "drop function chat_blast_audience | chat_blast_audience: there is no function",
        "drop function chat_allowed | chat_allowed: there is no function chat_allowed(integer,"
            + " integer)",
        "alter table users rename wallet to purse | users: the column wallet is missing",
        "alter table rpc_log alter rpc type jsonb | rpc_log: the column rpc is of type jsonb"
            + " (expected: json)",
        "alter table rpc_log alter applied_at type timestamptz | rpc_log: the column applied_at is"
            + " of type timestamp with time zone",
        "drop table user_pubkeys | user_pubkeys: there is no such table",
      })
  void whatIsMissingIsFound(String change, String expected) throws Exception {
    database.execute(change);
    assertThat(failures(check(database.url()))).singleElement().asString().startsWith(expected);
  }

  @Test
  void aMissingIndexIsRemarkedOn() throws Exception {
    database.execute("drop index chat_member_user_idx; drop index rpc_log_applied_at_idx");
    assertThat(check(database.url()))
        .filteredOn(finding -> finding.level() == Level.WARN)
        .extracting(Finding::sentence)
        .anyMatch(sentence -> sentence.startsWith("no index begins with user_id"))
        .anyMatch(sentence -> sentence.startsWith("no index begins with applied_at"));
  }

  @Test
  void nothingIsWritten() throws Exception {
    check(database.url());
    assertThat(
            database.query(
                "select (select count(*) from rpc_log) + (select count(*) from user_pubkeys)"))
        .isEqualTo("0");
  }

  @Test
  void aServerThatIsNotThereOrLetsNobodyInIsSaidWithoutThePassword() throws Exception {
    String wrong = database.url("postgres", "canary-password");
    assertThat(failures(check(wrong)))
        .singleElement()
        .asString()
        .startsWith("connection: postgresql://127.0.0.1:")
        .contains("password authentication failed")
        .doesNotContain("canary");
    assertThat(failures(check("postgresql://a:canary@127.0.0.1:1/db")))
        .singleElement()
        .asString()
        .contains("refused")
        .doesNotContain("canary");
  }

  @Test
  void aMuteServerEndsTheCheckAtItsDeadline() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      DatabaseUrl url = DatabaseUrl.parse("postgresql://a@127.0.0.1:" + mute.getLocalPort());
      assertThat(failures(new DatabaseCheck(url, 300, true).run()))
          .singleElement()
          .asString()
          .contains("has not answered everything within 300 ms");
    }
  }

  @Test
  void ofSeveralHostsEachIsNamedAndThePrimaryIsLookedAt() throws Exception {
    try (ReplicatedDatabase servers = ReplicatedDatabase.start()) {
      int primary = servers.primary().port();
      int standby = servers.standby().port();
      List<Finding> findings = check(servers.url(standby, primary, ""));
      assertThat(failures(findings)).isEmpty();
      assertThat(findings)
          .extracting(Finding::sentence)
          .contains(
              "127.0.0.1:" + standby + " is a standby, not the server that is looked for",
              "127.0.0.1:" + primary + " is a primary",
              "postgresql://127.0.0.1:" + primary + "/postgres",
              "this is a primary",
              "a notification from another session arrived");

      List<Finding> halfDown = check(servers.url(1, primary, ""));
      assertThat(failures(halfDown)).isEmpty();
      assertThat(halfDown)
          .filteredOn(finding -> finding.subject().equals("host"))
          .extracting(Finding::level)
          .containsExactly(Level.WARN, Level.OK);

      assertThat(failures(check(servers.url(1, standby, ""))))
          .singleElement()
          .asString()
          .startsWith("primary: this is a standby, where LISTEN does not work");
      assertThat(failures(check(servers.standby().url())))
          .singleElement()
          .asString()
          .startsWith("primary: this is a standby, where LISTEN does not work");
      assertThat(failures(check(servers.url(1, 1, ""))))
          .singleElement()
          .asString()
          .startsWith("connection: postgresql://127.0.0.1:1,127.0.0.1:1/postgres: 127.0.0.1:1: ");
    }
  }

  @Test
  void aServerThatTakesNoWritesIsNamedWhereTheyAreAskedFor() throws Exception {
    database.execute(
        "alter database " + database.name() + " set default_transaction_read_only = on");
    assertThat(failures(check(database.url() + "?target_session_attrs=read-write")))
        .containsExactly("host: the server is read only (expected: one that takes writes)");
  }

  /** A role made by the grants script, for one test. */
  private final class LeastPrivileged implements AutoCloseable {
    LeastPrivileged() throws SQLException {
      database.execute("set herald.role = 'edge'; " + SqlScript.GRANTS.text());
      database.execute("alter role edge password 'secret'");
    }

    String url() {
      return database.url("edge", "secret");
    }

    @Override
    public void close() throws SQLException {
      database.execute("drop owned by edge; drop role edge");
    }
  }

  private static List<Finding> check(String url) throws InterruptedException {
    return new DatabaseCheck(DatabaseUrl.parse(url), TIMEOUT_MILLIS, true).run();
  }

  private static List<String> failures(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.level() == Level.FAIL)
        .map(finding -> finding.subject() + ": " + finding.sentence())
        .toList();
  }
}
