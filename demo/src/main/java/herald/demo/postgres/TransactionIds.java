package herald.demo.postgres;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Brings a server to transactions that it would need months to come to: the end of an epoch, when
 * the 32 bits that rows keep of an id begin at zero again (PostgreSQL manual, "Preventing
 * Transaction ID Wraparound Failures").
 */
public final class TransactionIds {
  private static final long STOP_SECONDS = 30;
  private static final long EPOCH = 1L << 32;
  private static final String NEXT_ID = "select pg_snapshot_xmax(pg_current_snapshot())";

  private TransactionIds() {}

  /**
   * Restarts a server shortly before the end of an epoch. Its rows are frozen then, and keep the
   * ids of their transactions. The server should have {@code autovacuum} off.
   *
   * @param epoch how many epochs have ended afterwards; each greater than the one before
   * @param left how many ids the epoch still has
   */
  public static void moveBeforeTheEnd(EmbeddedDatabase database, int epoch, int left)
      throws IOException, SQLException, InterruptedException {
    // Nobody could connect to template0 to freeze it.
    execute(
        database.dataSource(), "update pg_database set datallowconn = true where not datallowconn");
    freezeAll(database);
    Path data = Path.of(one(database.dataSource(), "show data_directory"));
    stop(database, data);
    NextTransactionId.set(data, epoch * EPOCH - NextTransactionId.PER_PAGE);
    database.restart();
    // The limits that are noted for tables and databases are still those of before. Until they have
    // been moved, too, no catalog may be written to.
    freezeAll(database);
    long next = Long.parseLong(one(database.dataSource(), NEXT_ID));
    execute(
        database.dataSource(),
        "do $$ begin for i in 1.."
            + (epoch * EPOCH - left - next)
            + " loop perform pg_current_xact_id(); commit; end loop; end $$");
  }

  /** In every database, since the ids are those of the whole server. */
  private static void freezeAll(EmbeddedDatabase database) throws SQLException {
    String names = one(database.dataSource(), "select string_agg(datname, ' ') from pg_database");
    for (String name : names.split(" ", -1)) {
      execute(database.dataSource(name), "vacuum (freeze)");
    }
  }

  /** In the orderly way, with a last checkpoint; then the server can be restarted. */
  private static void stop(EmbeddedDatabase database, Path data)
      throws IOException, InterruptedException {
    PostgresBinaries binaries = PostgresBinaries.unpack(ServerAccount.ofThisProcess(), line -> {});
    Process stopping =
        new ProcessBuilder(
                binaries.command("pg_ctl", "stop", "-D", data.toString(), "-m", "fast", "-w"))
            .directory(new File("/"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!stopping.waitFor(STOP_SECONDS, TimeUnit.SECONDS) || stopping.exitValue() != 0) {
      stopping.destroyForcibly();
      throw new IllegalStateException("the server has not stopped");
    }
    // It has ended, and nothing is killed any more.
    database.stopHard();
  }

  private static void execute(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String one(DataSource database, String query) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }
}
