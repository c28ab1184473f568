package herald.gateway.fanout;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock for which an event loop never waits: a change that is to be made under it goes into a
 * queue, and whoever has the lock, or else the thread that brought the change, makes it.
 *
 * <p>No change is left in the queue when nobody has the lock: whoever brings one tries the lock
 * afterwards, and whoever releases the lock looks into the queue afterwards. So each thread that
 * takes the lock itself ends with {@code finally { lock.unlock(); makeChanges(); }}.
 *
 * <p>The changes of one thread are made in their order.
 *
 * @param <C> what is to be changed
 */
abstract class HandOverLock<C> {
  final ReentrantLock lock = new ReentrantLock();
  private final Queue<C> changes = new ConcurrentLinkedQueue<>();

  /** Makes one change; must not throw. */
  @GuardedBy("lock")
  abstract void make(C change);

  /** Makes this change soon, maybe in another thread. Any thread, never waits. */
  final void handOver(C change) {
    changes.add(change);
    makeChanges();
  }

  /** Makes the changes that wait, unless another thread has the lock, which then will. */
  final void makeChanges() {
    while (hasWaiting() && lock.tryLock()) {
      try {
        for (C next = changes.poll(); next != null; next = changes.poll()) {
          make(next);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Whether changes wait. Any thread. */
  final boolean hasWaiting() {
    return !changes.isEmpty();
  }
}
