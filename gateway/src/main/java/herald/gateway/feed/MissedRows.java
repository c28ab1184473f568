package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.Supervisor;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What finds the rows that no notification has told of: the catch-up after each connection of the
 * listener, and the sweep at intervals, put together.
 */
final class MissedRows implements AutoCloseable {
  private static final int READING_QUERY_TIMEOUTS = 20;
  private static final long PROBE_SLACK_MILLIS = 30_000;

  private final CatchUpRun catchUpRun;
  private final Sweep sweep;

  /**
   * @param pipeline takes what a catch-up finds
   * @param isListening whether the listener is proved and no catch-up is outstanding
   * @param isDatabaseWell whether trigger and tables are as they have to be
   * @param probesSent the number of the last probe that was sent
   * @param onUnannounced takes what a sweep finds; the sweep's thread
   */
  MissedRows(
      GatewayConfig config,
      Pools pools,
      PrimaryGuard guard,
      DuplicateFilter seen,
      Progress progress,
      RowPipeline pipeline,
      BooleanSupplier isListening,
      BooleanSupplier isDatabaseWell,
      LongSupplier probesSent,
      Consumer<List<String>> onUnannounced,
      FeedMeters meters,
      Supervisor supervisor) {
    FeedSettings settings = config.feed();
    int longestReadingMillis = READING_QUERY_TIMEOUTS * settings.queryTimeoutMillis();
    CatchUp catchUp =
        new CatchUp(
            pools.primary(),
            guard,
            config.completeness().catchUpWindowMillis(),
            settings.overlapMillis(),
            longestReadingMillis,
            seen::leaveOut);
    catchUpRun =
        new CatchUpRun(
            catchUp,
            progress,
            pipeline.pending(),
            pipeline.fetcher(),
            pipeline.publisher(),
            pipeline.retry(),
            meters,
            config.eventLog().replayMillis(),
            settings.maxBatch());
    sweep =
        new Sweep(
            catchUp,
            progress,
            seen,
            onUnannounced,
            isListening,
            isDatabaseWell,
            probesSent,
            config.completeness().sweepIntervalMillis(),
            settings.probeIntervalMillis()
                + 4L * settings.probeTimeoutMillis()
                + PROBE_SLACK_MILLIS,
            longestReadingMillis,
            meters,
            supervisor);
  }

  CatchUpRun catchUpRun() {
    return catchUpRun;
  }

  /** Begins to search at intervals. */
  void startSweep() {
    sweep.start();
  }

  @Override
  public void close() {
    sweep.close();
  }
}
