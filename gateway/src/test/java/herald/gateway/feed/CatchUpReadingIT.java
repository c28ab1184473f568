package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.database.ServerIdentity;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Which rows a catch-up gives out for a point, and in what order. */
@SuppressWarnings("NullAway.Init") // set by start
class CatchUpReadingIT {
  private static final long WINDOW_MILLIS = TimeUnit.DAYS.toMillis(1);
  private static final long OVERLAP_MILLIS = TimeUnit.MINUTES.toMillis(2);
  private static final long MINUTE_MICROS = TimeUnit.MINUTES.toMicros(1);

  private final Map<String, Long> leftOut = new HashMap<>();
  private SharedDatabase database;
  private HikariDataSource pool;
  private CatchUp catchUp;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    pool = EmptyTables.pool(database);
    PrimaryGuard noListener = new PrimaryGuard(() -> null, () -> {});
    catchUp = new CatchUp(pool, noListener, WINDOW_MILLIS, OVERLAP_MILLIS, 10_000, leftOut::put);
  }

  @AfterEach
  void stop() {
    pool.close();
  }

  private FeedPoint point() throws SQLException {
    try (Connection connection = database.connect()) {
      return FeedPoint.of(connection).proved();
    }
  }

  private void insert(String sig) throws SQLException {
    database.execute(InsertedRows.sql(sig, "localtimestamp"));
  }

  private void insertAt(String sig, long micros) throws SQLException {
    database.execute(InsertedRows.sql(sig, InsertedRows.time(micros)));
  }

  private List<String> since(FeedPoint point) throws Exception {
    return since(point, point);
  }

  private List<String> since(FeedPoint point, FeedPoint older) throws Exception {
    List<String> found = new ArrayList<>();
    catchUp.readSince(point, older, found::addAll);
    return found;
  }

  private static FeedPoint with(FeedPoint point, long xmin, String cluster) {
    return new FeedPoint(
        0,
        point.clockMicros(),
        xmin,
        point.writtenLsn(),
        point.flushedLsn(),
        point.server(),
        cluster);
  }

  @Test
  void whatWasVisibleIsLeftOutAndTheRestIsReadWhateverItsTime() throws Exception {
    insert("visible");
    FeedPoint point = point();
    insert("now");
    insertAt("early", point.clockMicros() - 90 * MINUTE_MICROS);
    insertAt("late", point.clockMicros() + 90 * MINUTE_MICROS);
    assertThat(since(point)).containsExactly("now", "early", "late");
    assertThat(since(point())).isEmpty();
  }

  /** Behind a savepoint, rows bear ids of subtransactions, which no snapshot names. */
  @Test
  void rowsBehindSavepointsAreOfTheTransactionThatCommitsThem() throws Exception {
    insert("before");
    try (Connection open = database.connect();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute(InsertedRows.sql("top", "localtimestamp"));
      statement.execute("savepoint s");
      statement.execute(InsertedRows.sql("released", "localtimestamp"));
      statement.execute("release savepoint s");
      statement.execute("savepoint t");
      statement.execute(InsertedRows.sql("behind an open one", "localtimestamp"));
      statement.execute(
          "do $$ begin "
              + InsertedRows.sql("in a block", "localtimestamp")
              + "; exception when others then raise; end $$");
      insert("beside it");
      FeedPoint point = point();
      open.commit();
      assertThat(since(point))
          .as("what was committed beside it is read again")
          .containsExactly("top", "released", "behind an open one", "in a block", "beside it");
    }
  }

  /** Such a row can't be read, and is given out once all the same. */
  @Test
  void aRowOfATimeThatNeverComesIsLeftOutLikeAnyOther() throws Exception {
    FeedPoint before = point();
    database.execute(InsertedRows.sql("never", "'infinity'"));
    database.execute(InsertedRows.sql("last", "'294276-12-31'"));
    assertThat(since(before)).containsExactlyInAnyOrder("never", "last");
    FeedPoint point = point();
    assertThat(since(point)).isEmpty();
    assertThat(since(with(point, point.xmin(), point.cluster() + "2"))).isEmpty();
    List<String> found = new ArrayList<>();
    catchUp.readLast(60_000, found::addAll);
    assertThat(found).isEmpty();
  }

  @Test
  void frozenRowsAreToldApartAsBefore() throws Exception {
    insert("before");
    FeedPoint point = point();
    insert("after");
    database.execute("vacuum (freeze) rpc_log");
    assertThat(since(point)).containsExactly("after");
  }

  /** Ages say nothing beyond half of all ids, and nothing of what is still to come. */
  @Test
  void aPointTooFarAwayHasTheWholeWindowRead() throws Exception {
    insert("first");
    insert("second");
    FeedPoint point = point();
    for (long xmin : new long[] {point.xmin() - (1L << 31) - 100, point.xmin() + 1_000}) {
      assertThat(since(with(point, xmin, point.cluster()))).containsExactly("first", "second");
    }
  }

  @Test
  void onlyTheWindowIsRead() throws Exception {
    FeedPoint point = point();
    long edge = point.clockMicros() - TimeUnit.MILLISECONDS.toMicros(WINDOW_MILLIS);
    insertAt("outside", edge - 1);
    insertAt("at the edge", edge);
    assertThat(since(point)).containsExactly("at the edge");
  }

  /** The index leaves out by whole ranges of pages; those that it does not know are read. */
  @Test
  void theIndexLosesNoRowOfPagesThatItHasNotSummarized() throws Exception {
    FeedPoint point = point();
    String summarize = "select brin_summarize_new_values('rpc_log_applied_at_idx')";
    insertMany("old", "localtimestamp - interval '3 days'");
    database.query(summarize);
    insertMany("new", "localtimestamp");
    String scans =
        "select idx_scan > 0 from pg_stat_user_indexes"
            + " where indexrelname = 'rpc_log_applied_at_idx'";
    EmptyTables.flushStatistics(pool);
    assertThat(database.query(scans)).isEqualTo("f");
    assertThat(since(point)).hasSize(2_000).allMatch(sig -> sig.startsWith("new"));
    EmptyTables.flushStatistics(pool);
    assertThat(database.query(scans)).as("the index was used").isEqualTo("t");
    assertThat(database.query(summarize)).as("pages not summarized until now").isNotEqualTo("0");
    insertAt("on a summarized page", point.clockMicros() - 60 * MINUTE_MICROS);
    assertThat(since(point)).hasSize(2_001).contains("on a summarized page");
  }

  /** More than one range of pages of the index: the texts can't be compressed. */
  private void insertMany(String prefix, String time) throws SQLException {
    database.execute(
        "insert into rpc_log select '"
            + prefix
            + "' || n, (select to_json(string_agg(md5(n || '/' || m), ''))"
            + " from generate_series(1, 40) m), '0xa', 'bridge', now(), "
            + time
            + " from generate_series(1, 2000) n");
  }

  /** No time decides: the writer that began first, and stamped its row then, may commit last. */
  @Test
  void withoutCommitTimesTheOrderIsThatOfTheTransactions() throws Exception {
    assertThat(database.query("show track_commit_timestamp")).isEqualTo("off");
    FeedPoint point = point();
    try (LockingWriter first = new LockingWriter(database.dataSource(), "first");
        LockingWriter second = new LockingWriter(database.dataSource(), "second")) {
      first.begin();
      second.begin();
      second.lockInsertAndCommit();
      first.lockInsertAndCommit();
    }
    assertThat(since(point)).containsExactly("second", "first");
    assertThat(database.query("select sig from rpc_log order by applied_at limit 1"))
        .isEqualTo("first");
  }

  @Test
  void ofAnotherHistoryTheRowsOfTheLastMomentsAreRead() throws Exception {
    FeedPoint point = point();
    insertRowsAroundTheOverlap(point);
    FeedPoint other = with(point, point.xmin(), "1" + point.cluster());
    assertThat(since(other)).containsExactly("within", "just now");
  }

  /** Ids that the standby had not heard of are given out again. */
  @Test
  void ofAnotherTimelineTheOlderPointsRowsAndThoseOfTheLastMomentsAreRead() throws Exception {
    FeedPoint first = point();
    insertRowsAroundTheOverlap(first);
    FeedPoint older = point();
    insertAt("since the older point", first.clockMicros() - 60 * MINUTE_MICROS);
    FeedPoint point = point();
    FeedPoint promoted = with(point, point.xmin(), point.cluster() + "2");
    assertThat(since(promoted, older))
        .containsExactlyInAnyOrder("within", "just now", "since the older point");
  }

  /** Rows of writers whose clocks are ahead do not come again at each fail-over for as long. */
  @Test
  void ofRowsWithTimesOfTheFutureThoseSinceTheOldestPointAreRead() throws Exception {
    FeedPoint first = point();
    insertAt("ahead, long known", first.clockMicros() + 60 * MINUTE_MICROS);
    FeedPoint oldest = point();
    insertAt("ahead", first.clockMicros() + 60 * MINUTE_MICROS);
    insertAt("past", first.clockMicros() - 3 * MINUTE_MICROS);
    insertAt("just now", first.clockMicros());
    FeedPoint point = point();
    FeedPoint promoted = with(point, point.xmin(), point.cluster() + "2");
    List<String> found = new ArrayList<>();
    catchUp.readSince(promoted, promoted, oldest, 0, found::addAll);
    assertThat(found).containsExactlyInAnyOrder("ahead", "just now");
  }

  /** Ids that had not reached the disk are given out again after a crash. */
  @Test
  void sinceAPointThatIsNotProvedTheRowsOfTheLastMomentsAreReadToo() throws Exception {
    FeedPoint first = point();
    insertRowsAroundTheOverlap(first);
    FeedPoint point = point();
    FeedPoint unproved =
        new FeedPoint(0, point.clockMicros(), point.xmin(), 2, 1, point.server(), point.cluster());
    insertAt("later", first.clockMicros() - 60 * MINUTE_MICROS);
    assertThat(since(unproved)).containsExactlyInAnyOrder("within", "just now", "later");
    assertThat(since(point)).containsExactly("later");
  }

  private void insertRowsAroundTheOverlap(FeedPoint point) throws SQLException {
    insertAt("before", point.clockMicros() - 3 * MINUTE_MICROS);
    insertAt("within", point.clockMicros() - MINUTE_MICROS);
    insertAt("just now", point.clockMicros());
  }

  @Test
  void theFirstReadingGoesByTheWritersClocks() throws Exception {
    FeedPoint point = point();
    insertRowsAroundTheOverlap(point);
    List<String> found = new ArrayList<>();
    FeedPoint until = catchUp.readLast(2 * 60_000, found::addAll);
    assertThat(found).containsExactly("within", "just now");
    assertThat(until.cluster()).isEqualTo(point.cluster());
    assertThat(since(until)).isEmpty();
  }

  /** While a transaction is open, they would be found later, though they were there before. */
  @Test
  void whatAReadingByTimeLeavesOutIsTold() throws Exception {
    insert("before the open one");
    try (Connection open = database.connect();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute(InsertedRows.sql("open", "localtimestamp"));
      FeedPoint point = point();
      insertRowsAroundTheOverlap(point);
      insertAt("outside the window", point.clockMicros() - 25 * 60 * MINUTE_MICROS);
      List<String> found = new ArrayList<>();
      FeedPoint until = catchUp.readLast(2 * 60_000, found::addAll);
      assertThat(found).containsExactly("before the open one", "within", "just now");
      assertThat(leftOut).containsOnlyKeys("before");
      assertThat(leftOut.get("before")).isEqualTo(xid("before")).isGreaterThan(until.xmin());
      leftOut.clear();
      since(with(point, point.xmin(), "1" + point.cluster()));
      assertThat(leftOut).as("of another history, too").containsOnlyKeys("before");
      leftOut.clear();
      since(point);
      assertThat(leftOut).as("nothing is left out by its transaction").isEmpty();
      open.commit();
    }
    catchUp.readLast(2 * 60_000, page -> {});
    assertThat(leftOut).as("nothing is open").isEmpty();
  }

  private long xid(String sig) throws SQLException {
    return Long.parseLong(
        database.query("select xmin::text::bigint from rpc_log where sig = '" + sig + "'"));
  }

  /** What another server does not know may be there all the same. */
  @Test
  void anotherServerThanTheListenersIsNotRead() throws Exception {
    FeedPoint point = point();
    insert("row");
    ServerIdentity another = new ServerIdentity(point.server().startMicros() + 1, false, "");
    AtomicInteger evictions = new AtomicInteger();
    PrimaryGuard guard = new PrimaryGuard(() -> another, evictions::incrementAndGet);
    catchUp = new CatchUp(pool, guard, WINDOW_MILLIS, OVERLAP_MILLIS, 10_000, (sig, xid) -> {});
    List<String> found = new ArrayList<>();
    assertThatThrownBy(() -> catchUp.readSince(point, point, found::addAll))
        .hasMessageContaining("another server")
        .matches(DatabaseRetry::isOfConnection);
    assertThat(found).isEmpty();
    assertThat(evictions).hasValue(1);
  }

  /** A role may have no right to ask who the server is. */
  @Test
  void aProbeAndACatchUpNameTheServerAlike() throws Exception {
    String role = "reader_" + database.name();
    database.execute(
        "revoke execute on function pg_control_system() from public;"
            + "create role "
            + role
            + " login password 'secret'; grant select on rpc_log to "
            + role);
    String identifier = database.query("select system_identifier from pg_control_system()");
    FeedPoint bySuperuser = point();
    assertThat(bySuperuser.cluster()).startsWith(identifier + "/");
    assertThat(probed(database.connect()).cluster()).isEqualTo(bySuperuser.cluster());
    String url = "jdbc:postgresql://127.0.0.1:" + database.port() + "/" + database.name();
    try (Connection denied = DriverManager.getConnection(url, role, "secret")) {
      FeedPoint byReader = FeedPoint.of(denied);
      assertThat(identifier + byReader.cluster()).isEqualTo(bySuperuser.cluster());
      assertThat(byReader.server()).isEqualTo(bySuperuser.server());
      assertThat(probed(denied).cluster()).isEqualTo(byReader.cluster());
    }
  }

  private static FeedPoint probed(Connection connection) throws SQLException {
    try (connection;
        Statement statement = connection.createStatement()) {
      statement.execute("listen probes");
      statement.execute(FeedPoint.probe("probes", "", 7));
      PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications(20_000);
      assertThat(heard).hasSize(1);
      FeedPoint point = FeedPoint.parse(heard[0].getParameter());
      assertThat(point.probeNumber()).isEqualTo(7);
      return point;
    }
  }

  /** What a point says of ids, clock and log, against PostgreSQL's own words. */
  @Test
  void aPointIsWhatTheServerSays() throws Exception {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      FeedPoint point = FeedPoint.of(connection);
      try (ResultSet row =
          statement.executeQuery(
              "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint = "
                  + point.xmin()
                  + ", pg_current_wal_insert_lsn() >= '"
                  + point.writtenLsnText()
                  + "'::pg_lsn, abs(extract(epoch from clock_timestamp()) * 1000000 - "
                  + point.clockMicros()
                  + ") < 60000000")) {
        row.next();
        for (int column = 1; column <= 3; column++) {
          assertThat(row.getBoolean(column)).as("column %s", column).isTrue();
        }
      }
    }
  }
}
