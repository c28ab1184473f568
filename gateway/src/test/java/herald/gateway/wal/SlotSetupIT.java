package herald.gateway.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import herald.demo.postgres.EmbeddedDatabase;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.check.Finding;
import herald.gateway.check.Finding.Level;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.WalSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the server lacks is said in one sentence, and made only if that was asked for. */
@SuppressWarnings("NullAway.Init") // set before all
class SlotSetupIT {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final WalSettings AS_IT_IS = new WalSettings("relay", false);
  private static final WalSettings MADE = new WalSettings("relay", true);

  private static EmbeddedDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = EmbeddedDatabase.start(Map.of("wal_level", "logical"), line -> {});
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @AfterEach
  void remove() throws SQLException {
    execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots");
    execute("drop publication if exists herald");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  private static void require(WalSettings settings) throws SQLException, WalException {
    require(database.url(), settings);
  }

  private static void require(String url, WalSettings settings) throws SQLException, WalException {
    SlotSetup.require(DatabaseUrl.parse(url), TIMEOUT_MILLIS, settings);
  }

  private static boolean prepare() throws SQLException, WalException {
    try (Connection connection = database.connect()) {
      return new SlotSetup(MADE).prepare(connection);
    }
  }

  @Test
  void aServerThatWritesTooLittleIsRefused() throws Exception {
    String url = SharedDatabase.fresh().url();
    assertThatThrownBy(() -> require(url, MADE))
        .isInstanceOf(WalException.class)
        .hasMessageStartingWith("wal_level is 'replica' (expected: 'logical'");
  }

  @Test
  void aRoleWithoutTheAttributeIsRefused() throws Exception {
    execute("create role reader login password 'secret'");
    try {
      String url = database.url().replaceFirst("//[^@]*@", "//reader:secret@");
      assertThatThrownBy(() -> require(url, MADE))
          .isInstanceOf(WalException.class)
          .hasMessage(
              "the role 'reader' may not read the log (expected: the attribute REPLICATION;"
                  + " alter role reader replication)");
    } finally {
      execute("drop role reader");
    }
  }

  @Test
  void whatIsMissingIsMadeOnlyIfAsked() throws Exception {
    assertThatThrownBy(() -> require(AS_IT_IS))
        .isInstanceOf(WalException.class)
        .hasMessageStartingWith("there is no publication 'herald'")
        .hasMessageContaining("--create-slot");
    execute("create publication herald for table rpc_log (sig) with (publish = 'insert')");
    assertThatThrownBy(() -> require(AS_IT_IS))
        .isInstanceOf(WalException.class)
        .hasMessageStartingWith("there is no replication slot 'relay'")
        .hasMessageContaining("--create-slot");
    execute("drop publication herald");
    require(MADE);
    assertThat(prepare()).as("the slot is made by whoever reads it").isTrue();
    assertThat(prepare()).isFalse();
    assertThat(query("select plugin from pg_replication_slots where slot_name = 'relay'"))
        .isEqualTo("pgoutput");
    assertThat(
            query(
                "select attnames::text || pubinsert || pubupdate from pg_publication_tables"
                    + " natural join pg_publication"))
        .isEqualTo("{sig}truefalse");
    require(AS_IT_IS);
    require(MADE);
  }

  @Test
  void aPublicationThatHandsOutNoSignaturesIsRefused() throws Exception {
    for (String publication :
        new String[] {
          "create publication herald for table chat",
          "create publication herald for table rpc_log with (publish = 'delete')",
          "create publication herald"
        }) {
      execute(publication);
      assertThatThrownBy(() -> require(MADE))
          .isInstanceOf(WalException.class)
          .hasMessageStartingWith("the publication 'herald' does not hand out");
      execute("drop publication herald");
    }
    execute("create publication herald for all tables");
    require(MADE);
  }

  @Test
  void aSlotOfAnotherKindIsRefused() throws Exception {
    execute("select pg_create_physical_replication_slot('relay')");
    assertThatThrownBy(() -> require(MADE))
        .isInstanceOf(WalException.class)
        .hasMessageStartingWith("the replication slot 'relay' is of another kind or database");
  }

  private static List<Finding> check(WalSettings settings) {
    return new SlotCheck(DatabaseUrl.parse(database.url()), TIMEOUT_MILLIS, settings).run();
  }

  @Test
  void aCheckSaysTheSameAndMakesNothing() throws Exception {
    assertThat(check(AS_IT_IS))
        .extracting(Finding::subject, Finding::level)
        .containsExactly(
            tuple("log", Level.OK),
            tuple("log bound", Level.WARN),
            tuple("publication", Level.FAIL),
            tuple("slot", Level.FAIL));
    assertThat(check(MADE))
        .extracting(Finding::level)
        .containsExactly(Level.OK, Level.WARN, Level.WARN, Level.WARN);
    assertThat(query("select count(*) from pg_publication")).isEqualTo("0");
    assertThat(query("select count(*) from pg_replication_slots")).isEqualTo("0");
    require(MADE);
    assertThat(prepare()).isTrue();
    assertThat(check(AS_IT_IS))
        .extracting(Finding::level)
        .containsExactly(Level.OK, Level.WARN, Level.OK, Level.OK);
  }

  @Test
  void aCheckOfAServerThatCantBeReadSaysWhy() throws Exception {
    DatabaseUrl url = DatabaseUrl.parse(SharedDatabase.fresh().url());
    assertThat(new SlotCheck(url, TIMEOUT_MILLIS, AS_IT_IS).run())
        .filteredOn(finding -> finding.subject().equals("log"))
        .extracting(Finding::sentence)
        .allMatch(sentence -> sentence.startsWith("wal_level is 'replica' (expected: 'logical'"))
        .hasSize(1);
  }
}
