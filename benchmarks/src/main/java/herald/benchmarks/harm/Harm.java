package herald.benchmarks.harm;

import herald.benchmarks.load.Population;
import herald.benchmarks.load.RowWriter;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One harm that is being done, on a thread of its own, from {@link #start} to {@link #close}. */
public final class Harm implements AutoCloseable {
  private static final int LARGE_BYTES = 4_000_000;
  private static final int SLOW_BYTES = 16_000;
  private static final int SLOWLY_READ_BYTES = 64;
  private static final int SMALL_BYTES = 330;
  private static final int STOP_SECONDS = 10;
  private static final int BLASTS_AT_ONCE = 1_000;

  private final HarmStep step;

  /** In the place of the gateway; null if it is there. */
  private final @Nullable Sink sink;

  private final long stepNanos;
  private final Thread thread = new Thread(this::run, "bench-harm");
  private volatile boolean isEnding;

  // Written by the harm's thread.
  private volatile long done;
  private volatile long failed;

  private Harm(HarmStep step, double perSecond, @Nullable Sink sink) {
    this.step = step;
    this.sink = sink;
    stepNanos = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
    thread.setDaemon(true);
  }

  /**
   * Begins with a harm.
   *
   * @param port of the gateway, on 127.0.0.1
   * @param measured the users to whom it is done
   * @param harming the users who do it: two, who have a chat with each other
   */
  public static Harm start(
      HarmKind kind, int port, DataSource database, Population measured, Population harming)
      throws SQLException, IOException {
    return start(kind, port, database, measured, harming, null);
  }

  /**
   * Begins with what the harm costs the machine without the gateway: the same rows, each of which
   * is rolled back, so that nobody hears of it, and the same connections, to a server that only
   * reads.
   */
  public static Harm startWithoutGateway(
      HarmKind kind, DataSource database, Population measured, Population harming)
      throws SQLException, IOException {
    Sink sink = new Sink();
    try {
      return start(kind, sink.port(), database, measured, harming, sink);
    } catch (SQLException | IOException | RuntimeException e) {
      sink.close();
      throw e;
    }
  }

  private static Harm start(
      HarmKind kind,
      int port,
      DataSource database,
      Population measured,
      Population harming,
      @Nullable Sink sink)
      throws SQLException, IOException {
    boolean rollsBack = sink != null;
    HarmStep step =
        switch (kind) {
          case BLASTS_TO_NOBODY ->
              new RowStep(
                  writer(database, harming, rollsBack),
                  writer -> writer.blastToNobody(SMALL_BYTES),
                  rollsBack);
          case BLAST_FLOOD ->
              new RowStep(
                  writer(database, harming, true),
                  rollsBack ? Harm::writeBlasts : Harm::commitBlasts,
                  rollsBack);
          case BLASTS_TO_ALL -> blasts(database, measured, rollsBack);
          case WIDE_BLASTS -> blasts(database, harming, rollsBack);
          case REPLAYS -> HandshakeStep.replays(port, harming.seed());
          case LARGE_HEADERS -> HandshakeStep.largeHeaders(port, harming.seed());
          case LARGE_EVENTS -> unread(port, database, harming, LARGE_BYTES, 0, rollsBack);
          case SLOW_READER ->
              unread(
                  port,
                  database,
                  harming,
                  SLOW_BYTES,
                  // There is nothing to read from one that answers nothing.
                  rollsBack ? 0 : SLOWLY_READ_BYTES,
                  rollsBack);
        };
    Harm harm = new Harm(step, kind.perSecond(), sink);
    harm.thread.start();
    return harm;
  }

  private static RowWriter writer(DataSource database, Population people, boolean inTransactions)
      throws SQLException {
    Connection connection = database.getConnection();
    connection.setAutoCommit(!inTransactions);
    return new RowWriter(connection, people);
  }

  /** To all followers of these people's artist. */
  private static HarmStep blasts(DataSource database, Population people, boolean rollsBack)
      throws SQLException {
    return new RowStep(
        writer(database, people, rollsBack), writer -> writer.blast(0, SMALL_BYTES), rollsBack);
  }

  private static void writeBlasts(RowWriter writer) throws SQLException {
    for (int i = 0; i < BLASTS_AT_ONCE; i++) {
      writer.blastToNobody(SMALL_BYTES);
    }
  }

  private static void commitBlasts(RowWriter writer) throws SQLException {
    writeBlasts(writer);
    writer.commit();
  }

  private static HarmStep unread(
      int port,
      DataSource database,
      Population harming,
      int eventBytes,
      int readBytes,
      boolean rollsBack)
      throws SQLException {
    return new UnreadStep(
        port,
        harming.seed(),
        new RowStep(
            writer(database, harming, rollsBack), writer -> writer.message(eventBytes), rollsBack),
        readBytes);
  }

  private void run() {
    try (step) {
      long plannedNanos = System.nanoTime();
      while (!isEnding) {
        try {
          step.harm();
          done = done + 1;
        } catch (IOException | SQLException | RuntimeException e) {
          failed = failed + 1;
        }
        // What comes too late is left out: the harm is done as often as it can be, and not more.
        plannedNanos = Math.max(plannedNanos + stepNanos, System.nanoTime() - stepNanos);
        LockSupport.parkNanos(plannedNanos - System.nanoTime());
      }
    } catch (IOException | SQLException | RuntimeException e) {
      failed = failed + 1;
    }
  }

  /** How often it was done. Any thread. */
  public long done() {
    return done;
  }

  /** How often it was tried in vain. Any thread. */
  public long failed() {
    return failed;
  }

  /** Ends it. */
  @Override
  public void close() throws IOException {
    isEnding = true;
    LockSupport.unpark(thread);
    try {
      thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (sink != null) {
      sink.close();
    }
  }
}
