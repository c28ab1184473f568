package herald.gateway.wal;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.WalSettings;
import herald.gateway.database.DatabaseFailure;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.WalMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a slot for as long as it is not closed, on a thread of its own: connects, and connects
 * again with a growing pause when the connection is lost. While another reader has the slot it
 * waits for it.
 */
public final class LogReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;
  private static final long PAUSE_IF_BUSY_MILLIS = 500;
  private static final long PAUSE_WITHOUT_ROOM_MILLIS = 20;
  private static final long KEEP_ALIVE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long SLACK_MILLIS = 30_000;

  /** "replication slot … is active for PID …". */
  private static final String IN_USE = "55006";

  private final String slot;
  private final LogListener listener;
  private final String probePrefix;
  private final SlotFigures figures;
  private final SlotWatch watch;
  private final SlotConnector connector;
  private final IntervalLog losses = new IntervalLog(LOG);
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;
  private volatile SlotWatch.@Nullable Reading reading;
  private volatile boolean isClosed;

  /**
   * Reads nothing yet.
   *
   * @param probe the statement that writes a probe of a number into the log, by a prefix
   * @param probeIntervalMillis from one probe to the next: so often there is a position to confirm
   * @param timeoutMillis within this time the server answers
   */
  public LogReader(
      DatabaseUrl url,
      WalSettings settings,
      int connectTimeoutMillis,
      ProbeStatement probe,
      long probeIntervalMillis,
      int timeoutMillis,
      LogListener listener,
      WalMeters meters,
      Supervisor supervisor) {
    slot = settings.slot();
    this.listener = listener;
    probePrefix = "herald_" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    figures = new SlotFigures(meters, System::nanoTime);
    watch =
        new SlotWatch(
            slot,
            number -> probe.of(probePrefix, number),
            probeIntervalMillis,
            timeoutMillis,
            figures,
            supervisor);
    failures = supervisor.failures();
    supervised =
        supervisor.thread(
            "herald-log",
            4L * connectTimeoutMillis * url.hosts().size() + LONGEST_PAUSE_MILLIS + SLACK_MILLIS);
    connector = new SlotConnector(url, settings, connectTimeoutMillis, figures, supervised);
    thread = new DefaultThreadFactory("herald-log", true).newThread(supervised.watch(this::run));
  }

  /** Makes the statement that writes a probe into the log. */
  @FunctionalInterface
  public interface ProbeStatement {
    /** The statement, which calls {@code pg_logical_emit_message} in a transaction. */
    String of(String prefix, long number);
  }

  /** Begins to read. */
  public void start() {
    thread.start();
    watch.start();
  }

  /** The number of the last probe that was sent. Any thread. */
  public long probesSent() {
    return watch.probesSent();
  }

  private void run() {
    long pauseMillis = FIRST_PAUSE_MILLIS;
    try {
      while (!isClosed) {
        supervised.turn();
        failures.run(Place.LOG, listener::onConnecting);
        Ending ending = readUntilLost();
        if (isClosed) {
          return;
        }
        failures.run(Place.LOG, () -> listener.onLost(ending.reason()));
        losses.warn("the log is not read: " + ending.reason());
        pauseMillis = ending.hasRead() ? FIRST_PAUSE_MILLIS : pauseMillis;
        if (ending.isBusy()) {
          TimeUnit.MILLISECONDS.sleep(PAUSE_IF_BUSY_MILLIS);
        } else {
          TimeUnit.MILLISECONDS.sleep(
              pauseMillis / 2 + ThreadLocalRandom.current().nextLong(pauseMillis));
          pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /**
   * How it ended.
   *
   * @param hasRead whether the log came
   * @param isBusy whether another reader has the slot
   */
  private record Ending(String reason, boolean hasRead, boolean isBusy) {}

  /** Reads until that fails. Any failure ends only the connection. */
  private Ending readUntilLost() throws InterruptedException {
    boolean hasRead = false;
    try (SlotConnection connection = connector.connect()) {
      hasRead = true;
      SlotWatch.Reading now =
          new SlotWatch.Reading(
              connection, new LogProgress(connection.serverProcess(), System.nanoTime()));
      reading = now;
      try {
        listener.onStreaming(connection.asking(), connector.isAnew(), connector.confirmedLsn());
        connector.onListenerTold();
        watch.watch(now);
        read(now);
        return new Ending("the connection has been closed", true, false);
      } finally {
        watch.watch(null);
        reading = null;
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (WalException e) {
      return new Ending(String.valueOf(e.getMessage()), false, false);
    } catch (Throwable e) {
      if (DatabaseFailure.sqlState(e).equals(IN_USE)) {
        return new Ending("another reader has the replication slot '" + slot + "'", false, true);
      }
      figures.onNoAnswer();
      return new Ending(DatabaseFailure.text(e), hasRead, false);
    }
  }

  private void read(SlotWatch.Reading now) throws SQLException, InterruptedException {
    SlotConnection connection = now.connection();
    LogProgress progress = now.progress();
    PgOutputDecoder decoder =
        new PgOutputDecoder(
            new LogTransactions(
                probePrefix,
                listener,
                endLsn ->
                    new LogPosition(connection, figures, endLsn, progress.onProbeReturned())));
    while (!connection.isClosed()) {
      supervised.turn();
      awaitRoom(now);
      ByteBuffer message = connection.poll();
      if (message != null) {
        progress.onReceived(System.nanoTime());
        failures.run(Place.LOG, () -> decoder.decode(message));
      }
    }
  }

  /** What there is no room for stays on the server. */
  private void awaitRoom(SlotWatch.Reading now) throws SQLException, InterruptedException {
    if (listener.hasRoom()) {
      return;
    }
    now.progress().setRoom(false);
    long saidNanos = System.nanoTime();
    while (!listener.hasRoom() && !now.connection().isClosed()) {
      supervised.turn();
      TimeUnit.MILLISECONDS.sleep(PAUSE_WITHOUT_ROOM_MILLIS);
      if (System.nanoTime() - saidNanos > KEEP_ALIVE_NANOS) {
        now.connection().keepAlive();
        saidNanos = System.nanoTime();
      }
    }
    now.progress().onReceived(System.nanoTime());
    now.progress().setRoom(true);
  }

  @Override
  public void close() {
    isClosed = true;
    supervised.mayEnd();
    watch.close();
    SlotWatch.Reading now = reading;
    if (now != null) {
      now.connection().close();
    }
    thread.interrupt();
  }
}
