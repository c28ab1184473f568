package herald.gateway.wal;

import herald.gateway.logging.IntervalLog;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Sends a probe through the log at intervals, and looks at the slot, on a thread of its own.
 *
 * <p>A probe stands in the log behind all that was visible when it was sent. When it has come back,
 * all that has been read. A connection on which it does not come back is ended; but not while rows
 * come, while the reader has no room, or while the server's process is still working its way there:
 * behind a long time without a reader, or behind a large transaction, that may take minutes.
 */
final class SlotWatch implements AutoCloseable {
  private static final long SLACK_MILLIS = 30_000;

  private final String slot;
  private final LongFunction<String> probe;
  private final long intervalMillis;
  private final int timeoutMillis;
  private final SlotFigures figures;
  private final IntervalLog losses = new IntervalLog(LoggerFactory.getLogger(SlotWatch.class));
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;

  private volatile @Nullable Reading reading;
  private volatile long probesSent;

  /**
   * @param probe the statement that writes a probe of this number into the log
   * @param intervalMillis from one probe to the next
   * @param timeoutMillis within this time the server answers
   */
  SlotWatch(
      String slot,
      LongFunction<String> probe,
      long intervalMillis,
      int timeoutMillis,
      SlotFigures figures,
      Supervisor supervisor) {
    this.slot = slot;
    this.probe = probe;
    this.intervalMillis = intervalMillis;
    this.timeoutMillis = timeoutMillis;
    this.figures = figures;
    failures = supervisor.failures();
    supervised =
        supervisor.thread("herald-log-watch", intervalMillis + 4L * timeoutMillis + SLACK_MILLIS);
    thread =
        new DefaultThreadFactory("herald-log-watch", true).newThread(supervised.watch(this::run));
  }

  /** One connection, and how far it has come. */
  record Reading(SlotConnection connection, LogProgress progress) {}

  void start() {
    thread.start();
  }

  /** Looks at this connection from now on; null for none. */
  void watch(@Nullable Reading now) {
    reading = now;
    synchronized (this) {
      notifyAll();
    }
  }

  /** The number of the last probe that was sent. Any thread. */
  long probesSent() {
    return probesSent;
  }

  private void run() {
    try {
      while (true) {
        supervised.turn();
        Reading now = reading;
        if (now != null) {
          failures.run(Place.LOG, () -> look(now));
        }
        await(now);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private synchronized void await(@Nullable Reading before) throws InterruptedException {
    if (Objects.equals(reading, before)) {
      TimeUnit.MILLISECONDS.timedWait(this, intervalMillis);
    }
  }

  private void look(Reading now) {
    LogProgress progress = now.progress();
    try {
      Connection asking = now.connection().asking();
      boolean sends = !progress.isProbeUnderWay();
      if (sends) {
        send(progress, asking);
      }
      SlotState state = SlotState.of(asking, slot);
      figures.onState(state);
      if (sends) {
        progress.onProbeWritten(state.writtenLsn());
      }
      if (progress.isMute(state, TimeUnit.MILLISECONDS.toNanos(timeoutMillis), System.nanoTime())) {
        losses.warn("the connection that reads the log is mute, replacing it");
        now.connection().close();
      }
    } catch (SQLException e) {
      // The server does not answer here, so nothing can be said of the other connection.
      figures.onNoAnswer();
      now.connection().close();
    }
  }

  private void send(LogProgress progress, Connection asking) throws SQLException {
    long number = probesSent + 1;
    probesSent = number;
    progress.onProbeSent(System.nanoTime());
    try (Statement statement = asking.createStatement()) {
      statement.execute(probe.apply(number));
    }
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.interrupt();
  }
}
