package herald.benchmarks.harm;

import herald.benchmarks.load.Population;
import herald.benchmarks.load.RowWriter;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** One harm that is being done, on a thread of its own, from {@link #start} to {@link #close}. */
public final class Harm implements AutoCloseable {
  private static final int LARGE_BYTES = 4_000_000;
  private static final int SLOW_BYTES = 16_000;
  private static final int SLOWLY_READ_BYTES = 64;
  private static final int SMALL_BYTES = 330;
  private static final int STOP_SECONDS = 10;

  private final HarmStep step;
  private final long stepNanos;
  private final Thread thread = new Thread(this::run, "bench-harm");
  private volatile boolean isEnding;

  // Written by the harm's thread.
  private volatile long done;
  private volatile long failed;

  private Harm(HarmStep step, int perSecond) {
    this.step = step;
    stepNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
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
    HarmStep step =
        switch (kind) {
          case BLASTS_TO_NOBODY ->
              new RowStep(
                  new RowWriter(database.getConnection(), harming),
                  writer -> writer.blastToNobody(SMALL_BYTES));
          case BLASTS_TO_ALL ->
              new RowStep(
                  new RowWriter(database.getConnection(), measured),
                  writer -> writer.blast(0, SMALL_BYTES));
          case REPLAYS -> HandshakeStep.replays(port, harming.seed());
          case LARGE_HEADERS -> HandshakeStep.largeHeaders(port, harming.seed());
          case LARGE_EVENTS -> unread(port, database, harming, LARGE_BYTES, 0);
          case SLOW_READER -> unread(port, database, harming, SLOW_BYTES, SLOWLY_READ_BYTES);
        };
    Harm harm = new Harm(step, kind.perSecond());
    harm.thread.start();
    return harm;
  }

  private static HarmStep unread(
      int port, DataSource database, Population harming, int eventBytes, int readBytes)
      throws SQLException {
    return new UnreadStep(
        port,
        harming.seed(),
        new RowWriter(database.getConnection(), harming),
        eventBytes,
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
  public void close() {
    isEnding = true;
    LockSupport.unpark(thread);
    try {
      thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
