package herald.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.postgres.SharedDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

final class SchemaIT {
  private SharedDatabase database;

  @BeforeEach
  void createDatabase() throws SQLException {
    database = SharedDatabase.fresh();
  }

  @Test
  void everyScriptRunsAgainAndKeepsWhatIsThere() throws SQLException {
    database.execute("insert into users (user_id, handle, wallet) values (1, 'A', '0x1')");
    try (Connection connection = database.connect()) {
      for (int run = 0; run < 2; run++) {
        for (SqlScript script : SqlScript.values()) {
          script.runOn(connection);
        }
      }
    }
    assertThat(database.query("select count(*) from users")).isEqualTo("1");
    assertThat(
            database.query("select count(*) from pg_trigger where tgrelid = 'rpc_log'::regclass"))
        .isEqualTo("1");
  }

  @Test
  void aRowIsAnnouncedWhenItsTransactionCommitsAndNotBefore() throws SQLException {
    try (Connection listener = database.connect();
        Connection writer = database.connect();
        Statement listen = listener.createStatement();
        Statement insert = writer.createStatement()) {
      listen.execute("listen rpc_log_inserted");
      writer.setAutoCommit(false);
      insert.execute(
          "insert into rpc_log values ('a\"b', '{\"method\": \"x\"}', '0x1', 'bridge', now(),"
              + " now())");
      listen.execute("select 1");
      PGConnection notified = listener.unwrap(PGConnection.class);
      assertThat(notified.getNotifications()).isEmpty();

      writer.commit();
      PGNotification[] notifications = notified.getNotifications(10_000);
      assertThat(notifications).hasSize(1);
      assertThat(notifications[0].getName()).isEqualTo("rpc_log_inserted");
      assertThat(notifications[0].getParameter()).isEqualTo("{\"sig\" : \"a\\\"b\"}");
    }
  }

  @Test
  void theSignedTextStaysVerbatim() throws SQLException {
    String rpc = "{ \"b\" : 1,\n\"a\":2, \"a\":3}";
    database.execute(
        "insert into rpc_log values ('s', '" + rpc + "', '0x1', 'bridge', now(), now())");
    assertThat(database.query("select rpc::text from rpc_log")).isEqualTo(rpc);
  }

  @Test
  void theGrantedRoleReadsAndCallsButWritesOnlyPublicKeys() throws SQLException {
    database.execute("set herald.role = 'Edge \"1\"'; " + SqlScript.GRANTS.text());
    database.execute("alter role \"Edge \"\"1\"\"\" password 'secret'");
    String url = "jdbc:postgresql://127.0.0.1:" + database.port() + "/" + database.name();
    try (Connection edge = DriverManager.getConnection(url, "Edge \"1\"", "secret");
        Statement statement = edge.createStatement()) {
      statement.execute("select * from rpc_log, users, chat_member, chat_message, chat_blast");
      statement.execute("select chat_allowed(1, 2), chat_blast_audience('b')");
      statement.execute("insert into user_pubkeys values (1, 'k') on conflict do nothing");
      statement.execute("listen rpc_log_inserted");
      for (String forbidden :
          new String[] {
            "insert into rpc_log values ('s', '{}', '0x1', 'bridge', now(), now())",
            "update users set handle = 'x'",
            "delete from user_pubkeys",
            "update user_pubkeys set pubkey_base64 = ''",
            "create table mine (id int)",
          }) {
        assertThatThrownBy(() -> statement.execute(forbidden))
            .as(forbidden)
            .hasMessageContaining("permission denied");
      }
    }
    database.execute("drop owned by \"Edge \"\"1\"\"\"; drop role \"Edge \"\"1\"\"\"");
  }
}
