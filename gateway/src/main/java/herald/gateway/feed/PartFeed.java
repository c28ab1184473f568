package herald.gateway.feed;

import herald.gateway.fanout.ReplaySource;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.PartMeters;
import herald.gateway.supervision.Supervisor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A feed that may end before the process does. With it its gauges and its threads go: nobody is
 * told of a listener that is not wanted any more.
 *
 * @param feed which ends with this
 */
public record PartFeed(Feed feed, Runnable onEnd) implements EventSource {
  /** Makes one with meters and a supervisor of its own. */
  public static PartFeed make(
      Meters meters, Supervisor supervisor, BiFunction<Meters, Supervisor, Feed> making) {
    PartMeters part = meters.part();
    Supervisor threads = supervisor.part(part.meters().supervision());
    Runnable onEnd =
        () -> {
          supervisor.leave(threads);
          part.close();
        };
    try {
      return new PartFeed(making.apply(part.meters(), threads), onEnd);
    } catch (RuntimeException | Error e) {
      onEnd.run();
      throw e;
    }
  }

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
