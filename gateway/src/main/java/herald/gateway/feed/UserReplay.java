package herald.gateway.feed;

import herald.gateway.config.ReplaySettings;
import herald.gateway.fanout.Gap;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayRequest;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedPool;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from the database what concerned one user since a moment: for a client that says where it
 * was, on an instance that does not remember it. Bounded in concurrency; what can't be had is said
 * as a gap.
 */
public final class UserReplay implements ReplaySource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UserReplay.class);
  private static final int LONGEST_QUERIES = 6;

  private final ReplayReader reader;
  private final InstantSource clock;
  private final IntervalLog errors = new IntervalLog(LOG);
  private final IsolatedFailures failures;
  private final SupervisedPool supervised;
  private final ThreadPoolExecutor threads;

  /** Starts the threads that read. */
  UserReplay(
      ReplayReader reader,
      ReplaySettings settings,
      int queryTimeoutMillis,
      FeedMeters meters,
      Supervisor supervisor,
      InstantSource clock) {
    this.reader = reader;
    this.clock = clock;
    threads =
        new ThreadPoolExecutor(
            settings.threads(),
            settings.threads(),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.maxWaiting()),
            new DefaultThreadFactory("herald-replay", true));
    failures = supervisor.failures();
    long longestMillis = (long) LONGEST_QUERIES * queryTimeoutMillis;
    supervised =
        supervisor.pool(
            "herald-replay",
            settings.threads(),
            longestMillis,
            longestMillis,
            () -> threads.getQueue().size());
    meters.replaysWaiting(() -> threads.getQueue().size());
  }

  @Override
  public CompletionStage<Replay> replay(ReplayRequest request) {
    CompletableFuture<Replay> result = new CompletableFuture<>();
    try {
      threads.execute(supervised.watch(() -> result.complete(read(request))));
    } catch (RejectedExecutionException e) {
      errors.warn("too many replays wait, one more client gets a gap");
      result.complete(nothing(request));
    }
    return result;
  }

  /** Whatever is wrong, the client gets an answer. */
  private Replay read(ReplayRequest request) {
    try {
      return reader.read(request);
    } catch (Throwable e) {
      if (!(e instanceof SQLException)) {
        failures.isolated(Place.REPLAY, e);
      }
      errors.warn("a replay can't be read, the client gets a gap: " + DatabaseRetry.describe(e));
      return nothing(request);
    }
  }

  private Replay nothing(ReplayRequest request) {
    Instant after = Instant.EPOCH.plus(request.afterMicros(), ChronoUnit.MICROS);
    Instant now = clock.instant();
    return new Replay(
        List.of(), new Gap(after, now.isAfter(after) ? now : after, GapSource.DATABASE));
  }

  @Override
  public void close() {
    supervised.mayEnd();
    threads.shutdownNow();
  }
}
