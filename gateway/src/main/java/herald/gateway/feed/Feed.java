package herald.gateway.feed;

import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.metrics.Meters;
import java.util.Locale;

/** An ordered stream of events from PostgreSQL: the parts of the feed, put together. */
public final class Feed implements AutoCloseable {
  private final NotificationQueue queue = new NotificationQueue();
  private final Listener listener;
  private final RowSource rows;
  private final FetchLoop fetchLoop;

  /**
   * @param publisher gets the events in commit order
   */
  public Feed(GatewayConfig config, Pools pools, EventPublisher publisher, Meters meters) {
    listener =
        new Listener(
            config.listenDatabase(), config.feed(), queue, this::catchUpAfterListen, meters.feed());
    rows =
        new RowSource(
            new ReadAhead(new RpcLogReader(pools.primary())),
            pools.hasReplica() ? new ReadAhead(new RpcLogReader(pools.read())) : null,
            config.feed());
    fetchLoop =
        new FetchLoop(
            config.feed(),
            config.eventLog().replayMillis(),
            queue,
            listener,
            rows,
            new CatchUp(pools.primary()),
            new BlastReader(pools.primary()),
            publisher,
            meters);
    meters
        .feed()
        .listener(() -> isReady() ? 1 : 0, queue::size, ListenerState.class, listener::state);
  }

  private void catchUpAfterListen() {
    fetchLoop.wantCatchUp();
  }

  /** Begins to listen, and to try again for as long as that fails. */
  public void start() {
    fetchLoop.start();
    listener.start();
  }

  /** Whether the listener has proved itself and nothing that was missed is still to be read. */
  public boolean isReady() {
    return listener.isProved() && fetchLoop.isCaughtUp();
  }

  /** What the listener is doing, for people. */
  public String state() {
    return listener.state().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    listener.close();
    fetchLoop.close();
    rows.close();
  }
}
