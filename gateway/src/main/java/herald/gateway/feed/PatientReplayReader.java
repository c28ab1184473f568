package herald.gateway.feed;

import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayRequest;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Asks a database again that is away for a while: a gap that is said at once costs the client more
 * than waiting does, as nothing new comes either. Any thread.
 */
final class PatientReplayReader {
  /** A database that is away for longer is not waited for. */
  static final long LONGEST_AWAY_MILLIS = 120_000;

  private static final long PAUSE_NANOS = 200_000_000;

  private final UserReplay.Reader reader;
  private final long budgetNanos;
  private final LongConsumer onAway;
  private final LongSupplier nanoClock;
  private final LongConsumer pauseNanos;

  /**
   * @param budgetNanos how long reading may take when the database is there again
   * @param onAway told the time when the database could not be asked
   */
  PatientReplayReader(
      UserReplay.Reader reader,
      long budgetNanos,
      LongConsumer onAway,
      LongSupplier nanoClock,
      LongConsumer pauseNanos) {
    this.reader = reader;
    this.budgetNanos = budgetNanos;
    this.onAway = onAway;
    this.nanoClock = nanoClock;
    this.pauseNanos = pauseNanos;
  }

  /** Reads what the user may have missed, as {@link UserReplay.Reader} does. */
  Replay read(ReplayRequest request, long untilNanos, BooleanSupplier isWanted)
      throws SQLException {
    long beginNanos = nanoClock.getAsLong();
    long deadlineNanos = untilNanos;
    while (true) {
      try {
        return reader.read(request, deadlineNanos, isWanted);
      } catch (SQLException e) {
        long nowNanos = nanoClock.getAsLong();
        if (!DatabaseRetry.isOfConnection(e)
            || nowNanos - beginNanos > TimeUnit.MILLISECONDS.toNanos(LONGEST_AWAY_MILLIS)
            || !isWanted.getAsBoolean()
            || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        onAway.accept(nowNanos);
        pauseNanos.accept(PAUSE_NANOS);
        deadlineNanos = nanoClock.getAsLong() + budgetNanos;
      }
    }
  }
}
