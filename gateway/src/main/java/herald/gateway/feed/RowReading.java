package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What takes rows out of the queue and has them read and published, on the fetch thread or on the
 * one that hears of them, put together.
 */
final class RowReading implements AutoCloseable {
  private final RowIntake intake;
  private final DirectConnector directConnector;
  private final DirectFetch direct;
  private final FetchLoop fetchLoop;

  /**
   * @param isDirect whether rows may be read and published where they are heard of, on a thread
   *     that must not wait for long
   * @param loop the event loop on which that is done; null for the driver's own thread
   * @param catchUpRun reads the table if that is wanted
   * @param marks told of how far the feed has got; null if nobody asks
   */
  RowReading(
      GatewayConfig config,
      boolean isDirect,
      @Nullable FeedLoop loop,
      NotificationQueue queue,
      RowPipeline pipeline,
      Progress progress,
      CatchUpRun catchUpRun,
      @Nullable HandledMarks marks,
      Outcomes outcomes,
      FeedMeters meters,
      Supervisor supervisor,
      SupervisedThread fetchThread) {
    FeedSettings settings = config.feed();
    FeedTurn turn = new FeedTurn();
    intake =
        new RowIntake(
            queue, pipeline.pending(), pipeline.publisher(), progress, marks, outcomes, meters);
    directConnector =
        new DirectConnector(config.listenDatabase(), settings, isDirect, loop, supervisor);
    direct =
        new DirectFetch(
            settings.maxBatch(),
            queue,
            intake,
            pipeline.pending(),
            pipeline.publisher(),
            progress,
            turn,
            catchUpRun::isWanted,
            directConnector::connection,
            loop,
            meters,
            supervisor.failures());
    fetchLoop =
        new FetchLoop(
            settings,
            queue,
            pipeline.pending(),
            pipeline.fetcher(),
            pipeline.publisher(),
            catchUpRun,
            marks,
            intake,
            turn,
            direct,
            supervisor.failures(),
            fetchThread);
  }

  void start() {
    fetchLoop.start();
    directConnector.start();
  }

  /**
   * Something has been heard and is in the queue. The listener's connection's thread; never waits.
   */
  void onHeard() {
    direct.onHeard();
  }

  /** The listener connects anew. Its thread. */
  void onListenerConnecting() {
    directConnector.onListenerConnecting();
  }

  /** The listener listens, and may have missed something before. Its thread. */
  void onListening() {
    directConnector.onListening();
    fetchLoop.wantCatchUp();
  }

  /** Has the table read: something may have been missed. Any thread. */
  void wantCatchUp() {
    fetchLoop.wantCatchUp();
  }

  /** Pushes rows that no notification has told of. Any thread. */
  void offerUnannounced(List<String> signatures) {
    intake.offerUnannounced(signatures);
  }

  /** For how long the oldest rpc log that is known of has waited to be published. Any thread. */
  long oldestWaitNanos() {
    return fetchLoop.oldestWaitNanos(System.nanoTime());
  }

  @Override
  public void close() {
    directConnector.close();
    fetchLoop.close();
  }
}
