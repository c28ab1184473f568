package herald.gateway.feed;

import herald.gateway.check.SchemaWatch;
import herald.gateway.config.CompletenessSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import java.util.List;
import java.util.Set;

/**
 * What the feed does with an announced row, done with rows that are made up: the notification is
 * taken, the row is read from PostgreSQL's binary form, decided, encoded and published. No database
 * is asked. One thread.
 *
 * <p>For a rehearsal, which gives it a dispatcher and meters of its own.
 */
public final class FeedRehearsal implements AutoCloseable {
  private final NotificationQueue queue = new NotificationQueue();
  private final HeardNotifications notifications;
  private final RowPipeline pipeline;
  private final RowIntake intake;
  private final Progress progress;

  /**
   * @param pools are asked for nothing
   * @param dispatcher gets the events
   */
  public FeedRehearsal(
      GatewayConfig config,
      Pools pools,
      Dispatcher dispatcher,
      Meters meters,
      Supervisor supervisor) {
    CompletenessSettings completeness = config.completeness();
    DuplicateFilter seen = DuplicateFilter.of(config.feed(), System.nanoTime());
    progress = new Progress(seen, config.feed().overlapMillis(), () -> null, null, false);
    Outcomes outcomes = new Outcomes(meters.feed());
    pipeline =
        new RowPipeline(
            config,
            pools,
            new PrimaryGuard(() -> null, () -> {}),
            new SchemaWatch(
                pools.primary(), completeness.schemaCheckIntervalMillis(), null, supervisor),
            seen,
            progress,
            false,
            outcomes,
            dispatcher,
            meters,
            supervisor,
            supervisor.thread("herald-fetch", RowPipeline.longestReadMillis(config.feed())),
            queue::wake);
    notifications = new HeardNotifications(queue, () -> {}, null, () -> 0, meters.feed());
    intake =
        new RowIntake(
            queue,
            pipeline.pending(),
            pipeline.publisher(),
            progress,
            null,
            outcomes,
            meters.feed());
  }

  /** Publishes a message of one user to another. */
  public void publish(int senderUserId, int receiverUserId, long number)
      throws InterruptedException {
    MadeUpRow row = new MadeUpRow(senderUserId, receiverUserId, number);
    notifications.take(HeardNotifications.RPC_LOG_CHANNEL, row.notification(), point -> {});
    intake.take(1);
    intake.addTaken();
    long beganNanos = System.nanoTime();
    RpcLog log = row.read(pipeline.pending().receivedAtNanos());
    long readAtNanos = System.nanoTime();
    pipeline.publisher().publish(List.of(log), readAtNanos, progress.point());
    pipeline
        .pending()
        .remove(
            new RowSource.Rows(
                List.of(log), Set.of(), Set.of(), readAtNanos, readAtNanos - beganNanos));
    intake.onRead();
  }

  @Override
  public void close() {
    pipeline.publisher().close();
    pipeline.close();
  }
}
