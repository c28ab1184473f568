package herald.gateway.relay;

import herald.gateway.feed.Feed;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.PartMeters;
import herald.gateway.supervision.Supervisor;
import java.util.function.BiFunction;

/**
 * A feed that may end before the relay does. With it its gauges and its threads go: nobody is told
 * of a listener that is not wanted any more.
 *
 * @param feed which ends with this
 */
record PartFeed(Feed feed, Runnable onEnd) implements AutoCloseable {
  /** Makes one with meters and a supervisor of its own. */
  static PartFeed make(
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
  public void close() {
    try {
      feed.close();
    } finally {
      onEnd.run();
    }
  }
}
