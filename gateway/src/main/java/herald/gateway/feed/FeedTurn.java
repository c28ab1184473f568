package herald.gateway.feed;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Whose turn it is to read and publish rows: the fetch thread's, or that of a {@link DirectFetch}.
 * What belongs to the fetch thread belongs to whoever has the turn. It may be given back by another
 * thread than the one that has taken it.
 */
final class FeedTurn {
  private final Semaphore turn = new Semaphore(1);

  /** Takes it if nobody has it. Never waits. */
  boolean tryTake() {
    return turn.tryAcquire();
  }

  /** Takes it, and waits for it so long; whether it has been had. */
  boolean take(long timeoutMillis) throws InterruptedException {
    return turn.tryAcquire(timeoutMillis, TimeUnit.MILLISECONDS);
  }

  /** Whether somebody waits for it. */
  boolean isAwaited() {
    return turn.hasQueuedThreads();
  }

  /** Gives it back. */
  void giveBack() {
    turn.release();
  }
}
