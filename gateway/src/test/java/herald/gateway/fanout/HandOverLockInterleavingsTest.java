package herald.gateway.fanout;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Threads that hand changes over and threads that take the lock, in every order of their steps:
 * each change is made once, in the order of its thread, and none is left when all have gone.
 */
class HandOverLockInterleavingsTest {

  /** Changes are numbers; the changes of one call are an even number and the odd one behind it. */
  public static final class Changes extends HandOverLock<Integer> {
    private final AtomicInteger handedOver = new AtomicInteger();
    private final AtomicInteger worked = new AtomicInteger();

    @GuardedBy("lock")
    private final boolean[] made = new boolean[100];

    @GuardedBy("lock")
    private int count;

    @GuardedBy("lock")
    private int work;

    /** Two changes, the second after the first. */
    @Operation
    public void handOverTwo() {
      int first = handedOver.getAndAdd(2);
      handOver(first);
      handOver(first + 1);
    }

    /** Something that needs the lock itself. */
    @Operation
    public void workUnderTheLock() {
      worked.incrementAndGet();
      lock.lock();
      try {
        work++;
      } finally {
        lock.unlock();
        makeChanges();
      }
    }

    @Override
    @GuardedBy("lock")
    void make(Integer change) {
      if (change % 2 == 1 && !made[change - 1]) {
        throw new IllegalStateException(change + " was made before the one that it follows");
      }
      made[change] = true;
      count++;
    }

    /** When all threads have gone. */
    @Validate
    public void allChangesAreMadeOnce() {
      lock.lock();
      try {
        if (hasWaiting() || count != handedOver.get()) {
          throw new IllegalStateException(count + " of " + handedOver + " changes were made");
        }
        if (work != worked.get()) {
          throw new IllegalStateException("two threads had the lock");
        }
      } finally {
        lock.unlock();
      }
    }
  }

  @Test
  void eachChangeIsMadeOnceAndInOrder() {
    new ModelCheckingOptions()
        .threads(2)
        .actorsBefore(0)
        .actorsPerThread(2)
        .actorsAfter(0)
        .iterations(10)
        .invocationsPerIteration(500)
        .check(Changes.class);
  }
}
