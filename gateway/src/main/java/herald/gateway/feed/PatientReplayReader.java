package herald.gateway.feed;

import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayRequest;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Asks a database again that is away for a moment, as long as there is time: a gap that is said at
 * once costs the client more than waiting does. Any thread.
 */
final class PatientReplayReader implements UserReplay.Reader {
  private static final long PAUSE_NANOS = 200_000_000;

  private final UserReplay.Reader reader;
  private final LongSupplier nanoClock;
  private final LongConsumer pauseNanos;

  PatientReplayReader(UserReplay.Reader reader) {
    this(reader, System::nanoTime, LockSupport::parkNanos);
  }

  PatientReplayReader(UserReplay.Reader reader, LongSupplier nanoClock, LongConsumer pauseNanos) {
    this.reader = reader;
    this.nanoClock = nanoClock;
    this.pauseNanos = pauseNanos;
  }

  @Override
  public Replay read(ReplayRequest request, long untilNanos, BooleanSupplier isWanted)
      throws SQLException {
    while (true) {
      try {
        return reader.read(request, untilNanos, isWanted);
      } catch (SQLException e) {
        boolean isTimeLeft = untilNanos - nanoClock.getAsLong() > PAUSE_NANOS;
        if (!DatabaseRetry.isOfConnection(e)
            || !isTimeLeft
            || !isWanted.getAsBoolean()
            || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        pauseNanos.accept(PAUSE_NANOS);
      }
    }
  }
}
