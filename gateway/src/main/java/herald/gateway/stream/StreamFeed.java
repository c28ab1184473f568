package herald.gateway.stream;

import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import herald.gateway.database.Pools;
import herald.gateway.database.ServerIdentity;
import herald.gateway.exchange.InstanceBus;
import herald.gateway.exchange.PositionExchange;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.feed.DatabaseReplays;
import herald.gateway.feed.EventSource;
import herald.gateway.feed.FeedMark;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An ordered stream of events from NATS JetStream, which relays fill. Starts, connects and closes
 * the parts. The database is asked for nothing but what clients want from before the stream, and
 * for events only while the stream is away, if that is wanted.
 */
public final class StreamFeed implements EventSource {
  private final Supplier<@Nullable FeedMark> lastMark;
  private final StreamConnection connection;
  private final StreamBus bus;
  private final StreamPlaces places;
  private final StreamReader reader;
  private final StreamHealth health;
  private final DatabaseReplays replays;
  private final @Nullable Fallback fallback;
  private @Nullable PositionExchange exchange;

  /** Puts the parts together; connects to nothing yet. */
  public StreamFeed(
      GatewayConfig config,
      StreamSettings settings,
      Pools pools,
      Dispatcher dispatcher,
      Meters meters,
      Supervisor supervisor,
      InstantSource clock) {
    long horizonMillis = config.eventLog().horizonMillis();
    connection = new StreamConnection(settings, "herald serve", supervisor, System::nanoTime);
    bus = new StreamBus(connection);
    places = new StreamPlaces(bus, dispatcher::tail);
    health =
        new StreamHealth(
            this::readingProblem,
            settings.timeoutMillis(),
            config.completeness().maxRowWaitMillis(),
            System::nanoTime,
            clock);
    EventLogAccess log = EventLogAccess.of(dispatcher);
    SourceSwitch sources =
        settings.hasFallback()
            ? new SourceSwitch(
                log,
                horizonMillis,
                settings.timeoutMillis(),
                meters.stream(),
                System::nanoTime,
                clock)
            : null;
    StreamOutput output = sources == null ? new StreamAlone(log, meters.stream(), clock) : sources;
    StreamEvents events =
        new StreamEvents(
            horizonMillis,
            new StreamRules(settings, config.eventLog().horizon()),
            output,
            new StreamPast(horizonMillis, dispatcher, output, System::nanoTime, clock),
            places,
            health,
            meters.stream(),
            System::nanoTime,
            clock);
    reader =
        new StreamReader(
            connection,
            clock.instant().minusMillis(horizonMillis),
            0,
            "herald-stream",
            events,
            supervisor);
    events.readBy(reader);
    fallback =
        sources == null
            ? null
            : new Fallback(
                sources,
                new DatabaseFeeds(config, pools, meters, supervisor, clock),
                health::hasBegun,
                health::problem,
                settings.fallbackAfter().toMillis(),
                System::nanoTime,
                meters.stream(),
                supervisor);
    lastMark = sources == null ? events::lastMark : sources::lastMark;
    replays = DatabaseReplays.ofMarks(config, pools, lastMark, meters.feed(), supervisor, clock);
    meters.stream().declare(() -> health.problem() == null ? 1 : 0, health::markAgeSeconds);
    meters.stream().fallback(() -> isFallenBack() ? 1 : 0);
  }

  private @Nullable String readingProblem() {
    return reader.problem();
  }

  private boolean isFallenBack() {
    return fallback != null && fallback.isActive();
  }

  /**
   * The server that the relay listened to when it made the last mark; null before the first. Any
   * thread.
   */
  public @Nullable ServerIdentity server() {
    FeedMark mark = lastMark.get();
    return mark == null ? null : mark.point().server();
  }

  /** What carries messages between instances. */
  public InstanceBus bus() {
    return bus;
  }

  /** Has the exchange hear what other instances say; to be called before the start. */
  public void connect(PositionExchange positions) {
    exchange = positions;
    places.connect(positions);
  }

  @Override
  public void start() {
    if (exchange != null) {
      exchange.start();
    }
    connection.start();
    reader.start();
    if (fallback != null) {
      fallback.start();
    }
  }

  @Override
  public ReplaySource replays() {
    return replays.source();
  }

  @Override
  public boolean hasBegun() {
    return health.hasBegun();
  }

  @Override
  public @Nullable String problem() {
    return fallback != null && fallback.isActive() ? fallback.problem() : health.problem();
  }

  /** Ends the reading; what the exchange has still to say goes over the connection. */
  @Override
  public void close() {
    if (fallback != null) {
      fallback.close();
    }
    reader.close();
    replays.close();
  }

  /** Ends the connection, when the exchange has said all. */
  public void closeConnection() {
    connection.close();
  }
}
