package herald.benchmarks.load;

import herald.benchmarks.clients.Tick;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Commits rpc logs on a schedule, by several threads with a connection each. Every event has its
 * planned moment, whether or not a writer is free by then, and carries it in its text: what waits
 * for a writer counts as latency (no coordinated omission).
 */
public final class EventWriters implements AutoCloseable {
  private static final String COLUMNS =
      "insert into rpc_log (sig, rpc, from_wallet, relayed_by, relayed_at, applied_at)"
          + " values (?, ?::json, ?, ?, clock_timestamp() at time zone 'utc',"
          + " clock_timestamp() at time zone 'utc')";
  private static final String BLAST =
      "with blast as (insert into chat_blast (blast_id, from_user_id, audience, plaintext,"
          + " created_at) values (?, ?, 'follower_audience', 'blast', now())) "
          + COLUMNS;

  private final Settings settings;
  private final Population people;
  private final List<Connection> connections = new ArrayList<>();
  private final ExecutorService threads;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong committed = new AtomicLong();
  private final LongAdder expected = new LongAdder();
  private final Recorder commitTimes = new Recorder(1_000, 3_600_000_000_000L, 3);

  /**
   * How the writers write.
   *
   * @param perSecond events per second; 0 for as many as the database takes
   * @param rowsPerCommit rows in one transaction
   * @param writers threads, with a connection each
   * @param eventBytes bytes of an event's text message, as far as padding can make it so
   */
  public record Settings(
      Mix mix, double perSecond, int rowsPerCommit, int writers, int eventBytes) {}

  /** Connects the writers. */
  public EventWriters(DataSource database, Population people, Settings settings)
      throws SQLException {
    this.settings = settings;
    this.people = people;
    for (int i = 0; i < settings.writers(); i++) {
      Connection connection = database.getConnection();
      connection.setAutoCommit(settings.rowsPerCommit() == 1);
      connections.add(connection);
    }
    threads = Executors.newFixedThreadPool(settings.writers());
  }

  /**
   * Writes for a while.
   *
   * @param startNanos when the first event is planned
   * @return when the last writer had ended, on the same clock
   */
  public long write(long startNanos, long durationNanos) throws SQLException, InterruptedException {
    next.set(0);
    List<Callable<Void>> work = new ArrayList<>();
    for (Connection connection : connections) {
      work.add(
          () -> {
            write(connection, startNanos, durationNanos);
            return null;
          });
    }
    for (Future<Void> done : threads.invokeAll(work)) {
      try {
        done.get();
      } catch (ExecutionException e) {
        throw new SQLException("a writer failed: " + e.getMessage(), e);
      }
    }
    return System.nanoTime();
  }

  private void write(Connection connection, long startNanos, long durationNanos)
      throws SQLException {
    int rows = settings.rowsPerCommit();
    try (PreparedStatement message = connection.prepareStatement(COLUMNS);
        PreparedStatement blast = connection.prepareStatement(BLAST)) {
      while (true) {
        long first = next.getAndAdd(rows);
        long plannedNanos = plannedNanos(startNanos, first + rows - 1);
        if (plannedNanos - startNanos >= durationNanos) {
          return;
        }
        sleepUntil(plannedNanos);
        int receivers = 0;
        for (long number = first; number < first + rows; number++) {
          RpcRow row =
              RpcRow.of(
                  settings.mix().kind(number), number, plannedNanos, people, settings.eventBytes());
          insert(row, message, blast);
          receivers += row.receivers();
        }
        if (rows > 1) {
          message.executeBatch();
          connection.commit();
        }
        commitTimes.recordValue(Math.max(0, System.nanoTime() - plannedNanos));
        committed.addAndGet(rows);
        expected.add(receivers);
      }
    }
  }

  private long plannedNanos(long startNanos, long number) {
    return settings.perSecond() == 0
        ? System.nanoTime()
        : startNanos + (long) (number * 1e9 / settings.perSecond());
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void insert(RpcRow row, PreparedStatement message, PreparedStatement blast)
      throws SQLException {
    PreparedStatement statement = row.blastId() == null ? message : blast;
    int place = 1;
    if (row.blastId() != null) {
      statement.setString(place++, row.blastId());
      statement.setInt(place++, people.userId(people.artist()));
    }
    statement.setString(place++, row.sig());
    statement.setString(place++, row.rpc());
    statement.setString(place++, row.fromWallet());
    statement.setString(place, people.relayedBy());
    if (settings.rowsPerCommit() > 1 && row.blastId() == null) {
      statement.addBatch();
    } else {
      statement.executeUpdate();
    }
  }

  /** Rpc logs committed so far. */
  public long committed() {
    return committed.get();
  }

  /** Deliveries that these should lead to. */
  public long expected() {
    return expected.sum();
  }

  /** Nanoseconds from plan to the end of the commit, since this was last asked. */
  public Histogram takeCommitTimes() {
    Histogram times = Tick.emptyHistogram();
    times.add(commitTimes.getIntervalHistogram());
    return times;
  }

  /** Ends the writers; what has not been committed is rolled back. */
  @Override
  public void close() throws SQLException {
    threads.shutdownNow();
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
