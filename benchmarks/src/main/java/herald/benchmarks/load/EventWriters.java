package herald.benchmarks.load;

import herald.benchmarks.clients.Tick;
import java.sql.Connection;
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
  private final Settings settings;
  private final Population people;
  private final List<RowWriter> rowWriters = new ArrayList<>();
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
   * @param publishes whether transactions also fill the database's outbox of Centrifugo
   */
  public record Settings(
      Mix mix,
      double perSecond,
      int rowsPerCommit,
      int writers,
      int eventBytes,
      boolean publishes) {
    /** Writers that fill no outbox. */
    public Settings(Mix mix, double perSecond, int rowsPerCommit, int writers, int eventBytes) {
      this(mix, perSecond, rowsPerCommit, writers, eventBytes, false);
    }
  }

  /** Connects the writers. */
  public EventWriters(DataSource database, Population people, Settings settings)
      throws SQLException {
    this.settings = settings;
    this.people = people;
    for (int i = 0; i < settings.writers(); i++) {
      Connection connection = database.getConnection();
      connection.setAutoCommit(settings.rowsPerCommit() == 1);
      rowWriters.add(new RowWriter(connection, people, settings.publishes()));
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
    for (RowWriter writer : rowWriters) {
      work.add(
          () -> {
            write(writer, startNanos, durationNanos);
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

  private void write(RowWriter writer, long startNanos, long durationNanos) throws SQLException {
    int rows = settings.rowsPerCommit();
    while (true) {
      long first = next.getAndAdd(rows);
      long plannedNanos = plannedNanos(startNanos, first + rows - 1);
      if (plannedNanos - startNanos >= durationNanos) {
        return;
      }
      sleepUntil(plannedNanos);
      int receivers = 0;
      for (long number = first; number < first + rows; number++) {
        Mix.Kind kind = settings.mix().kind(number);
        RpcRow row = RpcRow.of(kind, number, plannedNanos, people, settings.eventBytes());
        writer.write(row);
        receivers += row.receivers();
      }
      writer.commit();
      commitTimes.recordValue(Math.max(0, System.nanoTime() - plannedNanos));
      committed.addAndGet(rows);
      expected.add(receivers);
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
    for (RowWriter writer : rowWriters) {
      writer.close();
    }
  }
}
