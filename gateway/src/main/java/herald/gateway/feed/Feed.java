package herald.gateway.feed;

import herald.gateway.check.SchemaWatch;
import herald.gateway.config.CompletenessSettings;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.database.ServerIdentity;
import herald.gateway.exchange.PositionExchange;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An ordered stream of events from PostgreSQL: the parts of the feed, put together. */
public final class Feed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
  private static final long SCHEMA_CHECK_IF_WRONG_MILLIS = 2_000;
  private static final int CATCH_UP_QUERY_TIMEOUTS = 20;
  private static final long SLACK_MILLIS = 30_000;

  /** While one instance finds rows that nobody announced, the others search as often. */
  private static final long SWEEPS_OF_OTHERS = 5;

  private static final long SWEEP_MILLIS = 60_000;

  private final NotificationQueue queue = new NotificationQueue();
  private final Listener listener;
  private final Progress progress;
  private final @Nullable PositionExchange exchange;
  private final @Nullable HandledMarks marks;
  private final SchemaWatch schema;
  private final DatabaseRetry retry;
  private final PrimaryGuard guard;
  private final RpcLogReader primaryReader;
  private final RowSource rows;
  private final CatchUpRun catchUpRun;
  private final FetchLoop fetchLoop;
  private final Sweep sweep;
  private final ReplayThreads replays;
  private final FeedHealth health;

  /**
   * @param dispatcher gets the events in commit order: from here they go into the event log
   * @param exchange hears what other instances say; null if there is no exchange
   */
  public Feed(
      GatewayConfig config,
      Pools pools,
      Dispatcher dispatcher,
      @Nullable PositionExchange exchange,
      Meters meters,
      Supervisor supervisor,
      InstantSource clock) {
    this.exchange = exchange;
    FeedSettings settings = config.feed();
    CompletenessSettings completeness = config.completeness();
    FeedMeters figures = meters.feed();
    listener =
        new Listener(
            config.listenDatabase(),
            settings,
            queue,
            this::onListenerConnecting,
            this::onListening,
            new HeardNotifications(queue, exchange, this::heardAt, figures),
            figures,
            supervisor);
    marks =
        exchange == null
            ? null
            : new HandledMarks(
                exchange,
                dispatcher,
                listener::probesSent,
                SWEEPS_OF_OTHERS * completeness.sweepIntervalMillis() + SWEEP_MILLIS,
                System::nanoTime);
    DuplicateFilter seen = duplicateFilter(settings);
    progress = new Progress(seen, settings.overlapMillis(), listener::lastPoint);
    schema =
        new SchemaWatch(
            pools.primary(),
            completeness.schemaCheckIntervalMillis(),
            Math.min(SCHEMA_CHECK_IF_WRONG_MILLIS, completeness.schemaCheckIntervalMillis()),
            supervisor);
    guard = new PrimaryGuard(this::listenersServer, pools::evictPrimary);
    primaryReader = new RpcLogReader(pools.primary(), guard);
    long longestReadMillis = 4L * settings.queryTimeoutMillis() + SLACK_MILLIS;
    rows =
        new RowSource(
            new ReadAhead(primaryReader, supervisor, longestReadMillis),
            pools.hasReplica()
                ? new ImpatientReader(
                    new RpcLogReader(pools.read(), null), settings.replicaPatienceMillis(), figures)
                : null,
            settings);
    SupervisedThread fetchThread = supervisor.thread("herald-fetch", longestReadMillis);
    retry = new DatabaseRetry(figures, LOG, this::whatIsWrongWithTheDatabase, fetchThread::turn);
    CatchUp catchUp = catchUp(config, pools, guard, seen);
    Outcomes outcomes = new Outcomes(figures);
    RowPublisher rowPublisher =
        new RowPublisher(
            settings,
            new NewChatReader(pools.primary(), guard),
            new BlastExpander(
                new BlastGapReader(pools.primary(), completeness.blastTimeoutMillis())
                    .besides(
                        new BlastReader(pools.primary(), guard, completeness.blastTimeoutMillis())),
                completeness.blastTimeoutMillis(),
                figures,
                supervisor,
                this::whatIsWrongWithTheDatabase,
                queue::wake),
            new BlastBarrier(),
            dispatcher,
            seen,
            outcomes,
            retry,
            supervisor.failures(),
            figures,
            meters.push(),
            fetchThread::turn);
    PendingRows pending = new PendingRows(seen);
    RowFetcher fetcher =
        new RowFetcher(
            pending,
            new FaultIsolatingReader(rows, retry),
            rowPublisher,
            progress,
            seen,
            outcomes,
            figures,
            fetchThread);
    catchUpRun =
        new CatchUpRun(
            catchUp,
            progress,
            pending,
            fetcher,
            rowPublisher,
            retry,
            figures,
            config.eventLog().replayMillis(),
            settings.maxBatch());
    fetchLoop =
        new FetchLoop(
            settings,
            queue,
            pending,
            fetcher,
            rowPublisher,
            catchUpRun,
            progress,
            marks,
            outcomes,
            figures,
            supervisor.failures(),
            fetchThread);
    health =
        new FeedHealth(
            listener,
            catchUpRun,
            schema,
            retry,
            this::oldestWaitNanos,
            TimeUnit.MILLISECONDS.toNanos(completeness.maxRowWaitMillis()));
    sweep =
        new Sweep(
            catchUp,
            progress,
            seen,
            fetchLoop,
            health::isListening,
            () -> schema.problem() == null,
            listener::probesSent,
            completeness.sweepIntervalMillis(),
            settings.probeIntervalMillis() + 4L * settings.probeTimeoutMillis() + SLACK_MILLIS,
            catchUpTimeoutMillis(settings),
            figures,
            supervisor);
    replays =
        new ReplayThreads(
            new ReplayReader(
                new ReplayDatabase(pools, listener::lastPoint),
                settings,
                config.replay(),
                this::cluster,
                clock),
            config.replay(),
            settings.queryTimeoutMillis(),
            figures,
            supervisor,
            clock);
    figures.listener(
        () -> health.isListening() ? 1 : 0, queue::size, ListenerState.class, listener::state);
    figures.waiting(() -> oldestWaitNanos() / 1e9, () -> health.databaseProblem() == null ? 0 : 1);
  }

  private static DuplicateFilter duplicateFilter(FeedSettings settings) {
    // As long as a catch-up reads back by time, and a little more.
    long windowMillis = settings.overlapMillis() + SLACK_MILLIS;
    return new DuplicateFilter(TimeUnit.MILLISECONDS.toNanos(windowMillis), System.nanoTime());
  }

  private static CatchUp catchUp(
      GatewayConfig config, Pools pools, PrimaryGuard guard, DuplicateFilter seen) {
    return new CatchUp(
        pools.primary(),
        guard,
        config.completeness().catchUpWindowMillis(),
        config.feed().overlapMillis(),
        catchUpTimeoutMillis(config.feed()),
        seen::leaveOut);
  }

  private static int catchUpTimeoutMillis(FeedSettings settings) {
    return CATCH_UP_QUERY_TIMEOUTS * settings.queryTimeoutMillis();
  }

  private void onListenerConnecting() {
    if (marks != null) {
      marks.onCatchUpExpected();
    }
    catchUpRun.onConnecting();
  }

  private long heardAt() {
    return marks == null ? 0 : marks.position();
  }

  /** Of which history of the database transaction ids are. */
  private int cluster() {
    FeedPoint last = listener.lastPoint();
    return last == null ? 0 : last.cluster().hashCode();
  }

  private void onListening() {
    guard.onListening();
    fetchLoop.wantCatchUp();
    schema.wantLook();
  }

  private @Nullable ServerIdentity listenersServer() {
    FeedPoint last = listener.lastPoint();
    return last == null ? null : last.server();
  }

  private @Nullable String whatIsWrongWithTheDatabase() {
    return FeedHealth.whatIsWrongWithTheDatabase(schema, primaryReader);
  }

  private long oldestWaitNanos() {
    return fetchLoop.oldestWaitNanos(System.nanoTime());
  }

  /**
   * Begins to listen, and to try again for as long as that fails; and to exchange positions, which
   * goes on when the feed is closed, since the last connections end later.
   */
  public void start() {
    if (exchange != null) {
      exchange.start();
    }
    fetchLoop.start();
    listener.start();
    schema.start();
    sweep.start();
  }

  /** What a client may have missed, from the database. */
  public ReplaySource replays() {
    return replays.source();
  }

  /** Whether there is a moment from which on nothing is missed. Any thread. */
  public boolean hasBegun() {
    return progress.hasBegun();
  }

  /** Why events do not arrive as they should, in a sentence; null if they do. Any thread. */
  public @Nullable String problem() {
    return health.problem();
  }

  @Override
  public void close() {
    listener.close();
    sweep.close();
    schema.close();
    fetchLoop.close();
    rows.close();
    replays.close();
  }
}
