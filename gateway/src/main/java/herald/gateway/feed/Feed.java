package herald.gateway.feed;

import herald.gateway.check.SchemaWatch;
import herald.gateway.config.CompletenessSettings;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.database.ServerIdentity;
import herald.gateway.exchange.PositionExchange;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An ordered stream of events from PostgreSQL. Starts, connects and closes the parts of the feed.
 */
public final class Feed implements EventSource {
  private static final long SCHEMA_CHECK_IF_WRONG_MILLIS = 2_000;

  /** While one instance finds rows that nobody announced, the others search as often. */
  private static final long SWEEPS_OF_OTHERS = 5;

  private static final long SWEEP_MILLIS = 60_000;

  private final NotificationQueue queue = new NotificationQueue();
  private final Listener listener;
  private final Progress progress;
  private final @Nullable PositionExchange exchange;
  private final @Nullable HandledMarks marks;
  private final SchemaWatch schema;
  private final PrimaryGuard guard;
  private final RowPipeline pipeline;
  private final MissedRows missedRows;
  private final RowIntake intake;
  private final DirectConnector directConnector;
  private final DirectFetch direct;
  private final FetchLoop fetchLoop;
  private final DatabaseReplays replays;
  private final FeedHealth health;

  /** Puts the parts together; connects to nothing yet. */
  public Feed(
      GatewayConfig config,
      Pools pools,
      FeedOutput output,
      Meters meters,
      Supervisor supervisor,
      InstantSource clock) {
    exchange = output.exchange();
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
            new HeardNotifications(queue, this::onHeard, exchange, this::heardAt, figures),
            figures,
            supervisor);
    marks =
        output.handled() == null
            ? null
            : new HandledMarks(
                output.tail(),
                output.handled(),
                listener::probesSent,
                SWEEPS_OF_OTHERS * completeness.sweepIntervalMillis() + SWEEP_MILLIS,
                System::nanoTime);
    DuplicateFilter seen = DuplicateFilter.of(settings, System.nanoTime());
    progress =
        new Progress(
            seen,
            settings.overlapMillis(),
            listener::lastPoint,
            output.begin(),
            output.knownSinceMicros());
    schema =
        new SchemaWatch(
            pools.primary(),
            completeness.schemaCheckIntervalMillis(),
            Math.min(SCHEMA_CHECK_IF_WRONG_MILLIS, completeness.schemaCheckIntervalMillis()),
            supervisor);
    guard = new PrimaryGuard(this::listenersServer, pools::evictPrimary);
    SupervisedThread fetchThread =
        supervisor.thread("herald-fetch", RowPipeline.longestReadMillis(settings));
    Outcomes outcomes = new Outcomes(figures);
    pipeline =
        new RowPipeline(
            config,
            pools,
            guard,
            schema,
            seen,
            progress,
            outcomes,
            output.target(),
            meters,
            supervisor,
            fetchThread,
            queue::wake);
    missedRows =
        new MissedRows(
            config,
            pools,
            guard,
            seen,
            progress,
            pipeline,
            this::isListening,
            () -> schema.problem() == null,
            listener::probesSent,
            this::onUnannounced,
            figures,
            supervisor);
    FeedTurn turn = new FeedTurn();
    intake =
        new RowIntake(
            queue, pipeline.pending(), pipeline.publisher(), progress, marks, outcomes, figures);
    // What is not on a replica yet has to be waited for, and the driver's thread must not wait.
    boolean isDirect =
        !pools.hasReplica() && settings.fetchIntervalMillis() == 0 && !output.target().mayWait();
    directConnector = new DirectConnector(config.listenDatabase(), settings, isDirect, supervisor);
    direct =
        new DirectFetch(
            settings.maxBatch(),
            queue,
            intake,
            pipeline.pending(),
            pipeline.publisher(),
            progress,
            turn,
            missedRows.catchUpRun()::isWanted,
            directConnector::connection,
            figures,
            supervisor.failures());
    fetchLoop =
        new FetchLoop(
            settings,
            queue,
            pipeline.pending(),
            pipeline.fetcher(),
            pipeline.publisher(),
            missedRows.catchUpRun(),
            marks,
            intake,
            turn,
            direct,
            supervisor.failures(),
            fetchThread);
    health =
        new FeedHealth(
            listener,
            missedRows.catchUpRun(),
            schema,
            pipeline.retry(),
            this::oldestWaitNanos,
            TimeUnit.MILLISECONDS.toNanos(completeness.maxRowWaitMillis()));
    replays = new DatabaseReplays(config, pools, listener::lastPoint, figures, supervisor, clock);
    figures.listener(
        () -> isListening() ? 1 : 0, queue::size, ListenerState.class, listener::state);
    figures.waiting(() -> oldestWaitNanos() / 1e9, () -> health.databaseProblem() == null ? 0 : 1);
  }

  private void onHeard() {
    direct.onHeard();
  }

  private void onListenerConnecting() {
    directConnector.onListenerConnecting();
    if (marks != null) {
      marks.onCatchUpExpected();
    }
    missedRows.catchUpRun().onConnecting();
  }

  private long heardAt() {
    return marks == null ? 0 : marks.position();
  }

  private void onListening() {
    guard.onListening();
    directConnector.onListening();
    fetchLoop.wantCatchUp();
    schema.wantLook();
  }

  private @Nullable ServerIdentity listenersServer() {
    FeedPoint last = listener.lastPoint();
    return last == null ? null : last.server();
  }

  private boolean isListening() {
    return health.isListening();
  }

  private void onUnannounced(List<String> signatures) {
    intake.offerUnannounced(signatures);
  }

  private long oldestWaitNanos() {
    return fetchLoop.oldestWaitNanos(System.nanoTime());
  }

  @Override
  public void start() {
    if (exchange != null) {
      exchange.start();
    }
    fetchLoop.start();
    directConnector.start();
    listener.start();
    schema.start();
    missedRows.startSweep();
  }

  @Override
  public ReplaySource replays() {
    return replays.source();
  }

  @Override
  public boolean hasBegun() {
    return progress.hasBegun();
  }

  @Override
  public @Nullable String problem() {
    return health.problem();
  }

  @Override
  public void close() {
    listener.close();
    directConnector.close();
    missedRows.close();
    schema.close();
    fetchLoop.close();
    pipeline.close();
    replays.close();
  }
}
