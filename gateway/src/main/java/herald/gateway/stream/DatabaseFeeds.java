package herald.gateway.stream;

import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.feed.EventSource;
import herald.gateway.feed.Feed;
import herald.gateway.feed.FeedBegin;
import herald.gateway.feed.FeedOutput;
import herald.gateway.feed.PartFeed;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import java.time.InstantSource;

/** Makes feeds of the database's notifications for the time for which the stream is away. */
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
    FeedOutput output =
        FeedOutput.ofFallback(
            begin.target(),
            begin.target()::onMark,
            new FeedBegin(begin.mark(), begin.knownSinceMicros(), true));
    return PartFeed.make(
        meters,
        supervisor,
        (ofPart, threads) -> new Feed(config, pools, output, ofPart, threads, clock));
  }
}
