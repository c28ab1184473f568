package herald.gateway.fanout;

import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The supervised thread that lets go what time has passed by; it may wait for the dispatch lock.
 */
final class ExpiryTimer implements AutoCloseable {
  private static final String THREAD = "herald-expiry";
  private static final long LONGEST_TURN_MILLIS = 30_000;

  private final EventExecutor timer;
  private final SupervisedThread supervised;

  /** Starts a thread of its own. */
  ExpiryTimer(Supervisor supervisor) {
    this(supervisor, new DefaultEventExecutor(new DefaultThreadFactory(THREAD, true)));
    timer.terminationFuture().addListener(terminated -> supervised.ended(null));
  }

  /** Runs on a timer of the caller's. */
  ExpiryTimer(Supervisor supervisor, EventExecutor timer) {
    this.timer = timer;
    supervised = supervisor.thread(THREAD, LONGEST_TURN_MILLIS);
  }

  /** Runs {@code task} at this interval from now on, whatever it throws. */
  void every(long intervalMillis, Runnable task) {
    var unused =
        timer.scheduleWithFixedDelay(
            supervised.periodic(Place.EXPIRY, task),
            intervalMillis,
            intervalMillis,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    supervised.mayEnd();
    var unused = timer.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
