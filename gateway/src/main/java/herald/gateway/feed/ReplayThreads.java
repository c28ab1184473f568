package herald.gateway.feed;

import herald.gateway.config.ReplaySettings;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that read replays, and the one that ends the waiting for them. */
final class ReplayThreads implements AutoCloseable {
  private static final String TIMER = "herald-replay-timer";
  private static final long EXPIRE_INTERVAL_MILLIS = 100;
  private static final long LONGEST_TURN_MILLIS = 30_000;
  private static final int LONGEST_QUERIES = 6;

  private final ThreadPoolExecutor threads;
  private final EventExecutor timer;
  private final SupervisedThread supervisedTimer;
  private final UserReplay replays;

  /** Starts the threads. */
  ReplayThreads(
      ReplayReader reader,
      ReplaySettings settings,
      int queryTimeoutMillis,
      FeedMeters meters,
      Supervisor supervisor,
      InstantSource clock) {
    // Its queue stays short: no more are handed over than there are threads.
    threads =
        new ThreadPoolExecutor(
            settings.threads(),
            settings.threads(),
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("herald-replay", true));
    replays =
        new UserReplay(
            reader,
            settings,
            threads,
            PatientReplayReader.LONGEST_AWAY_MILLIS + (long) LONGEST_QUERIES * queryTimeoutMillis,
            meters,
            supervisor,
            clock,
            System::nanoTime);
    timer = new DefaultEventExecutor(new DefaultThreadFactory(TIMER, true));
    supervisedTimer = supervisor.thread(TIMER, LONGEST_TURN_MILLIS);
    timer.terminationFuture().addListener(terminated -> supervisedTimer.ended(null));
    var unused =
        timer.scheduleWithFixedDelay(
            supervisedTimer.periodic(Place.REPLAY, replays::expire),
            EXPIRE_INTERVAL_MILLIS,
            EXPIRE_INTERVAL_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** Where replays are asked for. */
  ReplaySource source() {
    return replays;
  }

  @Override
  public void close() {
    replays.mayEnd();
    supervisedTimer.mayEnd();
    var unused = timer.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    threads.shutdownNow();
  }
}
