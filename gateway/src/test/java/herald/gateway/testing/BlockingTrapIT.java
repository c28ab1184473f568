package herald.gateway.testing;

import static java.util.concurrent.TimeUnit.HOURS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AdaptiveByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The trap can fail: a thread of each watched kind that blocks is found. */
@EnabledIfSystemProperty(named = "herald.trap.blocking", matches = "true")
class BlockingTrapIT {
  private static final int ALLOCATORS = 20;
  private static final int LOOPS = 8;
  private static final int ALLOCATIONS = 5_000;
  private static final int TASKS = 20_000;

  private static Set<String> found(String threadName) throws Exception {
    return BlockingTrap.provoke(
        () -> {
          Thread thread = new Thread(() -> LockSupport.parkNanos(1_000), threadName);
          thread.start();
          thread.join();
          return thread;
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"herald-loop-1-1", "PG-JDBC I/O (1)"})
  void findsAThreadThatBlocks(String threadName) throws Exception {
    assertThat(found(threadName)).hasSize(1).first().asString().contains("park");
  }

  /** Netty's own list leaves one of the locks out, which only threads that contend get to. */
  @Test
  void letsTheAllocatorsOwnLocksPass() throws Exception {
    assertThat(BlockingTrap.provoke(BlockingTrapIT::allocateOnManyLoops)).isEmpty();
  }

  private static Void allocateOnManyLoops() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int round = 0; round < ALLOCATORS; round++) {
      AdaptiveByteBufAllocator allocator = new AdaptiveByteBufAllocator();
      threads.addAll(loops(ALLOCATIONS, () -> allocator.directBuffer(1_000).release()));
    }
    return run(threads);
  }

  private static Void run(List<Thread> threads) throws InterruptedException {
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    return null;
  }

  /** Threads like those of event loops, each of which does this so often. */
  private static List<Thread> loops(int times, Runnable task) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      threads.add(new Thread(() -> repeat(times, task), "herald-loop-1-" + i));
    }
    return threads;
  }

  private static void repeat(int times, Runnable task) {
    for (int i = 0; i < times; i++) {
      task.run();
    }
  }

  /** Deadlines and exemplars hand tasks to such timers from any thread, and take some back. */
  @Test
  void letsTheQueueOfATimerPass() throws Exception {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    timer.setRemoveOnCancelPolicy(true);
    try {
      assertThat(
              BlockingTrap.provoke(
                  () -> run(loops(TASKS, () -> timer.schedule(() -> {}, 1, HOURS).cancel(false)))))
          .isEmpty();
    } finally {
      timer.shutdownNow();
    }
  }

  /** The log asks how much room there is before it adds a line. */
  @Test
  void letsTheQueueOfTheLogPass() throws Exception {
    ArrayBlockingQueue<String> lines = new ArrayBlockingQueue<>(TASKS);
    assertThat(
            BlockingTrap.provoke(
                () ->
                    run(
                        loops(
                            TASKS,
                            () -> {
                              if (lines.remainingCapacity() > 0) {
                                lines.offer("a line");
                              }
                            }))))
        .isEmpty();
  }

  @Test
  void findsALockThatIsNoneOfThose() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    Thread loop =
        new Thread(
            () -> {
              lock.lock();
              try {
                Thread.onSpinWait();
              } finally {
                lock.unlock();
              }
            },
            "herald-loop-1-1");
    assertThat(BlockingTrap.provoke(() -> runWhileHeld(lock, loop))).isNotEmpty();
  }

  private static Void runWhileHeld(ReentrantLock lock, Thread thread) throws InterruptedException {
    lock.lock();
    try {
      thread.start();
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    } finally {
      lock.unlock();
    }
    thread.join();
    return null;
  }

  @Test
  void leavesOthersAlone() throws Exception {
    assertThat(found("herald-directory-1-1")).isEmpty();
  }
}
