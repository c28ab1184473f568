package herald.gateway.feed;

import herald.gateway.check.SchemaWatch;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.fanout.FeedTarget;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the signatures of rows to published events: what reads rows and what publishes them, put
 * together.
 */
final class RowPipeline implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RowPipeline.class);
  private static final long READ_SLACK_MILLIS = 30_000;

  private final SchemaWatch schema;
  private final RpcLogReader primaryReader;
  private final RowSource rows;
  private final DatabaseRetry retry;
  private final PendingRows pending;
  private final RowPublisher publisher;
  private final RowFetcher fetcher;

  /**
   * @param seen what has been handled
   * @param progress knows a point near what is being read
   * @param isHeardEarly whether rows are heard of before they can be seen
   * @param target takes the events in commit order
   * @param fetchThread the thread of what is put together here
   * @param wake has the fetch thread look for what has been read beside it
   */
  RowPipeline(
      GatewayConfig config,
      Pools pools,
      PrimaryGuard guard,
      SchemaWatch schema,
      DuplicateFilter seen,
      Progress progress,
      boolean isHeardEarly,
      Outcomes outcomes,
      FeedTarget target,
      Meters meters,
      Supervisor supervisor,
      SupervisedThread fetchThread,
      Runnable wake) {
    this.schema = schema;
    FeedSettings settings = config.feed();
    primaryReader = RpcLogReader.ofSmallTexts(pools.primary(), guard);
    pending = new PendingRows(seen);
    rows =
        new RowSource(
            new ReadAhead(primaryReader, supervisor, longestReadMillis(settings)),
            pools.hasReplica()
                ? new ImpatientReader(
                    RpcLogReader.ofSmallTexts(pools.read(), null),
                    settings.replicaPatienceMillis(),
                    meters.feed())
                : null,
            isHeardEarly
                ? new CommitVisibility(
                    pools.primary(), pending::xids, xid -> progress.point().fullXid(xid))
                : null,
            settings);
    retry =
        new DatabaseRetry(meters.feed(), LOG, this::whatIsWrongWithTheDatabase, fetchThread::turn);
    BlastExpander blasts = blasts(config, pools, guard, meters, supervisor, wake);
    EventFactory factory = new EventFactory(settings);
    LargeRows largeRows =
        new LargeRows(
            primaryReader::readWhole,
            factory,
            settings.queryTimeoutMillis(),
            meters.feed(),
            supervisor,
            this::whatIsWrongWithTheDatabase,
            wake);
    BlastBarrier barrier = new BlastBarrier();
    EventBound bound = new EventBound(settings.maxEventBytes().bytes());
    RowEvents rowEvents = new RowEvents(bound, barrier, outcomes, meters.feed());
    publisher =
        new RowPublisher(
            new RowDecisions(
                factory,
                new NewChatReader(pools.primary(), guard),
                blasts,
                largeRows,
                rowEvents,
                outcomes,
                retry),
            rowEvents,
            blasts,
            largeRows,
            barrier,
            new RowPlacing(barrier),
            target,
            seen,
            outcomes,
            supervisor.failures(),
            meters.feed(),
            meters.push(),
            fetchThread::turn);
    fetcher =
        new RowFetcher(
            pending,
            new FaultIsolatingReader(rows, retry),
            publisher,
            progress,
            seen,
            outcomes,
            meters.feed(),
            fetchThread);
  }

  private BlastExpander blasts(
      GatewayConfig config,
      Pools pools,
      PrimaryGuard guard,
      Meters meters,
      Supervisor supervisor,
      Runnable wake) {
    int timeoutMillis = config.completeness().blastTimeoutMillis();
    return new BlastExpander(
        new BlastGapReader(pools.primary(), timeoutMillis)
            .besides(new BlastReader(pools.primary(), guard, timeoutMillis)),
        timeoutMillis,
        meters.feed(),
        supervisor,
        this::whatIsWrongWithTheDatabase,
        wake);
  }

  /** How long the fetch thread may be in one reading. */
  static long longestReadMillis(FeedSettings settings) {
    return 4L * settings.queryTimeoutMillis() + READ_SLACK_MILLIS;
  }

  private @Nullable String whatIsWrongWithTheDatabase() {
    return FeedHealth.whatIsWrongWithTheDatabase(schema, primaryReader);
  }

  /** Repeats what fails because the database is away, and knows whether it is. */
  DatabaseRetry retry() {
    return retry;
  }

  /** What is known of and not yet read: the way in. */
  PendingRows pending() {
    return pending;
  }

  RowFetcher fetcher() {
    return fetcher;
  }

  RowPublisher publisher() {
    return publisher;
  }

  /** Ends the readings; the fetch thread closes the publisher. */
  @Override
  public void close() {
    rows.close();
  }
}
