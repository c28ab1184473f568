package herald.gateway.stream;

import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.feed.EventSource;
import herald.gateway.feed.Feed;
import herald.gateway.feed.FeedBegin;
import herald.gateway.feed.FeedOutput;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.PartMeters;
import herald.gateway.supervision.Supervisor;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes feeds of the database's notifications for the time for which the stream is away. With each
 * of them its gauges and its threads go: nobody is told of a listener that is not wanted any more.
 */
final class DatabaseFeeds implements Fallback.Feeds {
  private final GatewayConfig config;
  private final Pools pools;
  private final Meters meters;
  private final Supervisor supervisor;
  private final InstantSource clock;

  DatabaseFeeds(
      GatewayConfig config,
      Pools pools,
      Meters meters,
      Supervisor supervisor,
      InstantSource clock) {
    this.config = config;
    this.pools = pools;
    this.meters = meters;
    this.supervisor = supervisor;
    this.clock = clock;
  }

  @Override
  public EventSource make(SourceSwitch.Begin begin) {
    PartMeters part = meters.part();
    Supervisor threads = supervisor.part(part.meters().supervision());
    Runnable onEnd =
        () -> {
          supervisor.leave(threads);
          part.close();
        };
    try {
      FeedOutput output =
          FeedOutput.ofFallback(
              begin.target(),
              begin.target()::onMark,
              new FeedBegin(begin.mark(), begin.knownSinceMicros(), true));
      return new PartOfTheTime(
          new Feed(config, pools, output, part.meters(), threads, clock), onEnd);
    } catch (RuntimeException | Error e) {
      onEnd.run();
      throw e;
    }
  }

  /** A feed that ends before the instance does. */
  private record PartOfTheTime(Feed feed, Runnable onEnd) implements EventSource {
    @Override
    public void start() {
      feed.start();
    }

    @Override
    public ReplaySource replays() {
      return feed.replays();
    }

    @Override
    public boolean hasBegun() {
      return feed.hasBegun();
    }

    @Override
    public @Nullable String problem() {
      return feed.problem();
    }

    @Override
    public void close() {
      try {
        feed.close();
      } finally {
        onEnd.run();
      }
    }
  }
}
