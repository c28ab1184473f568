package herald.gateway;

import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import herald.gateway.database.Pools;
import herald.gateway.database.ServerIdentity;
import herald.gateway.exchange.PositionExchange;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.feed.EventSource;
import herald.gateway.feed.Feed;
import herald.gateway.feed.FeedOutput;
import herald.gateway.metrics.Meters;
import herald.gateway.stream.PooledServer;
import herald.gateway.stream.StreamFeed;
import herald.gateway.supervision.Supervisor;
import io.netty.channel.EventLoop;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What comes from outside: events, and the positions of other instances. Both come from the
 * database, or both over the stream engine.
 */
final class EventIntake {
  private final EventSource source;
  private final @Nullable PositionExchange exchange;
  private final Runnable closeConnection;
  private final Consumer<ServerIdentity> onPooledServer;

  /** Known from the start on. */
  private final CompletableFuture<EventLoop> feedLoop = new CompletableFuture<>();

  /** Puts the parts together; connects to nothing yet. */
  EventIntake(
      GatewayConfig config,
      Pools pools,
      Dispatcher dispatcher,
      PositionJournal journal,
      Meters meters,
      Supervisor supervisor,
      LongSupplier nanoClock,
      InstantSource clock) {
    StreamSettings settings = config.stream();
    StreamFeed stream =
        settings == null
            ? null
            : new StreamFeed(config, settings, pools, dispatcher, meters, supervisor, clock);
    exchange =
        PositionExchange.createIfOn(
            config,
            pools,
            stream == null ? null : stream.bus(),
            dispatcher,
            journal,
            meters,
            supervisor,
            nanoClock,
            clock);
    if (stream == null) {
      source =
          new Feed(
              config,
              pools,
              FeedOutput.ofInstance(dispatcher, exchange, feedLoop::join),
              meters,
              supervisor,
              clock);
      closeConnection = () -> {};
      onPooledServer = server -> {};
    } else {
      if (exchange != null) {
        stream.connect(exchange);
      }
      source = stream;
      closeConnection = stream::closeConnection;
      onPooledServer = new PooledServer(stream::server, pools::evictPrimary)::onServer;
    }
  }

  /**
   * A pooled connection leads to this server. A feed of the instance's own has looked by itself
   * whether that is the one which notifies. Any thread.
   */
  void onPooledServer(ServerIdentity server) {
    onPooledServer.accept(server);
  }

  /**
   * Begins to connect, and to try again for as long as that fails.
   *
   * @param loop one of those that serve clients, on which the feed may hear, read and publish
   */
  void start(EventLoop loop) {
    feedLoop.complete(loop);
    source.start();
  }

  /** What a client may have missed, from the database. */
  ReplaySource replays() {
    return source.replays();
  }

  /**
   * Whether clients may be let in: the events have a beginning and the other instances' positions
   * are known.
   */
  boolean hasBegun() {
    return source.hasBegun() && (exchange == null || exchange.problem() == null);
  }

  /** Why events do not arrive as they should, in a sentence; null if they do. */
  @Nullable String problem() {
    String problem = source.problem();
    return problem != null || exchange == null ? problem : exchange.problem();
  }

  /** Ends what brings events; the other instances are still told how connections end. */
  void closeSource() {
    source.close();
  }

  /** Says how the last connections have ended, and that no more will be said. */
  void closeExchange() {
    if (exchange != null) {
      exchange.close();
    }
    closeConnection.run();
  }
}
