package herald.gateway.stream;

import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import herald.gateway.database.Pools;
import herald.gateway.exchange.InstanceBus;
import herald.gateway.exchange.PositionExchange;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.feed.DatabaseReplays;
import herald.gateway.feed.EventSource;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * An ordered stream of events from NATS JetStream, which relays fill. Starts, connects and closes
 * the parts. The database is asked for nothing but what clients want from before the stream.
 */
public final class StreamFeed implements EventSource {
  private final StreamConnection connection;
  private final StreamBus bus;
  private final StreamEvents events;
  private final StreamReader reader;
  private final StreamHealth health;
  private final DatabaseReplays replays;
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
    connection = new StreamConnection(settings, "herald serve", supervisor, System::nanoTime);
    bus = new StreamBus(connection);
    health = new StreamHealth(this::readingProblem, settings.timeoutMillis(), System::nanoTime);
    events =
        new StreamEvents(
            config.eventLog(),
            new StreamRules(settings, config.eventLog().horizon()),
            dispatcher,
            bus,
            health,
            meters.stream(),
            System::nanoTime,
            clock);
    reader =
        new StreamReader(
            connection,
            clock.instant().minusMillis(config.eventLog().horizonMillis()),
            0,
            "herald-stream",
            events,
            supervisor);
    events.readBy(reader);
    replays =
        DatabaseReplays.ofMarks(config, pools, events::lastMark, meters.feed(), supervisor, clock);
    meters.stream().declare(() -> health.problem() == null ? 1 : 0, health::markAgeSeconds);
  }

  private @Nullable String readingProblem() {
    return reader.problem();
  }

  /** What carries messages between instances. */
  public InstanceBus bus() {
    return bus;
  }

  /** Has the exchange hear what other instances say; to be called before the start. */
  public void connect(PositionExchange positions) {
    exchange = positions;
    events.connect(positions);
  }

  @Override
  public void start() {
    if (exchange != null) {
      exchange.start();
    }
    connection.start();
    reader.start();
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
    return health.problem();
  }

  /** Ends the reading; what the exchange has still to say goes over the connection. */
  @Override
  public void close() {
    reader.close();
    replays.close();
  }

  /** Ends the connection, when the exchange has said all. */
  public void closeConnection() {
    connection.close();
  }
}
