package herald.gateway.feed;

import herald.gateway.check.SchemaWatch;
import herald.gateway.config.CompletenessSettings;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.WalSettings;
import herald.gateway.database.Pools;
import herald.gateway.database.ServerIdentity;
import herald.gateway.exchange.PositionExchange;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import herald.gateway.wal.LogPublication;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An ordered stream of events from PostgreSQL. Starts, connects and closes the parts of the feed.
 */
public final class Feed implements EventSource {
  private final NotificationQueue queue = new NotificationQueue();
  private final FeedSource source;
  private final Progress progress;
  private final @Nullable PositionExchange exchange;
  private final @Nullable HandledMarks marks;
  private final SchemaWatch schema;
  private final PrimaryGuard guard;
  private final RowPipeline pipeline;
  private final MissedRows missedRows;
  private final RowReading reading;
  private final @Nullable DatabaseReplays replays;
  private final FeedHealth health;

  /** One that hears by notifications; connects to nothing yet. */
  public Feed(
      GatewayConfig config,
      Pools pools,
      FeedOutput output,
      Meters meters,
      Supervisor supervisor,
      InstantSource clock) {
    this(config, null, pools, output, meters, supervisor, clock);
  }

  /**
   * Puts the parts together; connects to nothing yet.
   *
   * @param wal how the write-ahead log is read; null to hear by notifications
   */
  public Feed(
      GatewayConfig config,
      @Nullable WalSettings wal,
      Pools pools,
      FeedOutput output,
      Meters meters,
      Supervisor supervisor,
      InstantSource clock) {
    exchange = output.exchange();
    FeedSettings settings = config.feed();
    CompletenessSettings completeness = config.completeness();
    FeedMeters figures = meters.feed();
    // What is not on a replica yet has to be waited for, and a thread of sockets must not wait.
    boolean isDirect =
        wal == null
            && !pools.hasReplica()
            && settings.fetchIntervalMillis() == 0
            && !output.target().mayWait();
    FeedLoop loop = isDirect ? output.loop() : null;
    source =
        wal == null
            ? new Listener(
                config.listenDatabase(),
                loop,
                settings,
                queue,
                this::onListenerConnecting,
                this::onListening,
                new HeardNotifications(queue, this::onHeard, exchange, this::heardAt, figures),
                figures,
                supervisor)
            : new LogSource(
                config,
                wal,
                output.begin(),
                queue,
                this::onLogRead,
                this::onSlotMade,
                meters,
                supervisor);
    marks = HandledMarks.of(output, source::probesSent, completeness);
    DuplicateFilter seen = DuplicateFilter.of(settings, System.nanoTime());
    progress =
        new Progress(
            seen, settings.overlapMillis(), source::lastPoint, output.begin(), wal != null);
    schema =
        new SchemaWatch(
            pools.primary(),
            completeness.schemaCheckIntervalMillis(),
            wal == null ? null : LogPublication::problem,
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
            wal != null,
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
            source::probesSent,
            this::onUnannounced,
            figures,
            supervisor);
    if (wal != null) {
      missedRows.catchUpRun().beginCaughtUp();
    }
    reading =
        new RowReading(
            config,
            isDirect,
            loop,
            queue,
            pipeline,
            progress,
            missedRows.catchUpRun(),
            marks,
            outcomes,
            figures,
            supervisor,
            fetchThread);
    health =
        new FeedHealth(
            source,
            missedRows.catchUpRun(),
            schema,
            pipeline.retry(),
            reading::oldestWaitNanos,
            TimeUnit.MILLISECONDS.toNanos(completeness.maxRowWaitMillis()));
    replays =
        output.hasReplays()
            ? new DatabaseReplays(config, pools, source::lastPoint, figures, supervisor, clock)
            : null;
    figures.listener(() -> isListening() ? 1 : 0, queue::size, ListenerState.class, source::state);
    figures.waiting(
        () -> reading.oldestWaitNanos() / 1e9, () -> health.databaseProblem() == null ? 0 : 1);
  }

  private void onHeard() {
    reading.onHeard();
  }

  private void onListenerConnecting() {
    reading.onListenerConnecting();
    onMissing();
  }

  /** From now on rows may be missed that only the table has. */
  private void onMissing() {
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
    reading.onListening();
    schema.wantLook();
  }

  /** All has been read that the log had when it was begun. */
  private void onLogRead() {
    guard.onListening();
    schema.wantLook();
  }

  /** The log begins now: what was committed before is to be found in the table. */
  private void onSlotMade() {
    onMissing();
    reading.wantCatchUp();
  }

  private @Nullable ServerIdentity listenersServer() {
    FeedPoint last = source.lastPoint();
    return last == null ? null : last.server();
  }

  private boolean isListening() {
    return health.isListening();
  }

  private void onUnannounced(List<String> signatures) {
    reading.offerUnannounced(signatures);
  }

  @Override
  public void start() {
    if (exchange != null) {
      exchange.start();
    }
    reading.start();
    source.start();
    schema.start();
    missedRows.startSweep();
  }

  @Override
  public ReplaySource replays() {
    return Objects.requireNonNull(replays).source();
  }

  @Override
  public boolean hasBegun() {
    return progress.hasBegun();
  }

  /**
   * All before this mark has been stored for good: it need not come again, after a restart either.
   * Any thread.
   */
  public void confirm(FeedMark mark) {
    source.confirm(mark.point());
  }

  @Override
  public @Nullable String problem() {
    return health.problem();
  }

  @Override
  public void close() {
    source.close();
    reading.close();
    missedRows.close();
    schema.close();
    pipeline.close();
    if (replays != null) {
      replays.close();
    }
  }
}
