package herald.gateway.feed;

import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.fanout.ReplayMemory;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.Supervisor;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Replays from the database: what reads them, put together. */
public final class DatabaseReplays implements AutoCloseable {
  /** What is read for clients and not sent yet has at most this part of the heap. */
  private static final int MEMORY_SHARE = 8;

  private final ReplayThreads threads;

  /**
   * Starts the threads.
   *
   * @param lastPoint the last point of the database's history that is known; null before the first
   */
  DatabaseReplays(
      GatewayConfig config,
      Pools pools,
      Supplier<@Nullable FeedPoint> lastPoint,
      FeedMeters meters,
      Supervisor supervisor,
      InstantSource clock) {
    threads =
        new ReplayThreads(
            new ReplayReader(
                new ReplayDatabase(pools, lastPoint),
                config.feed(),
                config.replay(),
                new ReplayMemory(Runtime.getRuntime().maxMemory() / MEMORY_SHARE),
                () -> cluster(lastPoint.get()),
                clock),
            config.replay(),
            config.feed().queryTimeoutMillis(),
            meters,
            supervisor,
            clock);
  }

  /**
   * The same for an instance that does not listen to the database.
   *
   * @param lastMark the last mark of a feed that has been handled; null before the first
   */
  public static DatabaseReplays ofMarks(
      GatewayConfig config,
      Pools pools,
      Supplier<@Nullable FeedMark> lastMark,
      FeedMeters meters,
      Supervisor supervisor,
      InstantSource clock) {
    return new DatabaseReplays(
        config,
        pools,
        () -> {
          FeedMark last = lastMark.get();
          return last == null ? null : last.point();
        },
        meters,
        supervisor,
        clock);
  }

  /** Of which history of the database transaction ids are. */
  private static int cluster(@Nullable FeedPoint last) {
    return last == null ? 0 : last.cluster().hashCode();
  }

  /** Where replays are asked for. */
  public ReplaySource source() {
    return threads.source();
  }

  @Override
  public void close() {
    threads.close();
  }
}
