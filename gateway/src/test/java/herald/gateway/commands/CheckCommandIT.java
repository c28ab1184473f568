package herald.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class CheckCommandIT {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void endsWithZeroWhenNothingHasFailed() throws SQLException {
    SharedDatabase database = SharedDatabase.fresh();
    assertThat(run(Map.of("HERALD_DATABASE", database.url()))).isZero();
    assertThat(out.toString())
        .containsPattern("(?m)^OK    server                  PostgreSQL 15")
        .containsPattern("(?m)^WARN  role                    'postgres' is a superuser")
        .endsWith(String.format("%nReady for herald serve: 0 failed, 1 worth a look%n"));
  }

  @Test
  void endsWithOneWhenSomethingHas() throws SQLException {
    SharedDatabase database = SharedDatabase.fresh();
    database.execute("drop trigger herald_rpc_log_inserted on rpc_log");
    assertThat(run(Map.of(), "--database", database.url())).isEqualTo(1);
    assertThat(out.toString())
        .containsPattern("(?m)^FAIL  trigger                 no trigger announces")
        .endsWith(String.format("%nNot ready for herald serve: 1 failed, 1 worth a look%n"));
  }

  @Test
  void withTheLogAsTheSourceItLooksAtTheLogAndNotAtTheTrigger() throws SQLException {
    SharedDatabase database = SharedDatabase.fresh();
    database.execute("drop trigger herald_rpc_log_inserted on rpc_log");
    assertThat(run(Map.of(), "--database", database.url(), "--source", "wal")).isEqualTo(1);
    assertThat(out.toString())
        .containsPattern("(?m)^FAIL  log                     wal_level is 'replica'")
        .doesNotContain("trigger ");
  }

  @Test
  void endsWithTwoWhenItIsNotToldWhere() {
    assertThat(run(Map.of())).isEqualTo(2);
    assertThat(err.toString()).startsWith("herald: no database is named (expected: --database");
    assertThat(run(Map.of(), "--no-such-option")).isEqualTo(2);
  }

  @Test
  void aUrlThatNamesNoPrimaryIsRefusedInOneSentence() {
    assertThat(run(Map.of("HERALD_DATABASE", "postgresql://me:canary@db:99999/x"))).isEqualTo(2);
    assertThat(run(Map.of(), "--database", "postgresql://db/x?target_session_attrs=standby"))
        .isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            "herald: --database: the database URL has the port 99999 (expected: 1 to 65535)",
            "herald: target_session_attrs of --database is 'standby' (expected: primary,"
                + " read-write or any, since only the primary notifies; a standby may be named by"
                + " --read-database)");
  }

  private int run(Map<String, String> environment, String... options) {
    CommandLine commandLine = HeraldCommand.commandLine(environment);
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err, true));
    String[] arguments = new String[options.length + 1];
    arguments[0] = "check";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return commandLine.execute(arguments);
  }
}
