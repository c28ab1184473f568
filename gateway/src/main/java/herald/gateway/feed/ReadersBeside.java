package herald.gateway.feed;

import herald.gateway.supervision.SupervisedPool;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A few supervised threads that read something beside the feed, and the queue through which the
 * fetch thread gets it back.
 *
 * @param <T> what is read; whatever comes of it, it comes back
 */
final class ReadersBeside<T> implements AutoCloseable {
  static final int THREADS = 2;
  private static final int TRIES = 3;
  private static final long SLACK_MILLIS = 15_000;

  private final Work<T> work;
  private final BiConsumer<T, Throwable> onFailure;
  private final Runnable onDone;
  private final Queue<T> done = new ConcurrentLinkedQueue<>();
  private final ThreadPoolExecutor threads;
  private final SupervisedPool supervised;

  /** What a thread does. */
  @FunctionalInterface
  interface Work<T> {
    void read(T item) throws Exception;
  }

  /**
   * @param name that of the threads, before their numbers
   * @param timeoutMillis the longest that one try may take
   * @param onFailure told of what the work throws; on a thread of this
   * @param onDone called when {@link #poll} may have something; on a thread of this
   */
  ReadersBeside(
      String name,
      int timeoutMillis,
      Supervisor supervisor,
      Work<T> work,
      BiConsumer<T, Throwable> onFailure,
      Runnable onDone) {
    this.work = work;
    this.onFailure = onFailure;
    this.onDone = onDone;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory(name, true));
    long longestMillis = (long) TRIES * timeoutMillis + SLACK_MILLIS;
    supervised =
        supervisor.pool(
            name, THREADS, longestMillis, longestMillis, () -> threads.getQueue().size());
  }

  /** Has a thread read this. Fetch thread. */
  void begin(T item) {
    threads.execute(supervised.watch(() -> read(item)));
  }

  private void read(T item) {
    try {
      work.read(item);
    } catch (InterruptedException e) {
      // Closed.
      Thread.currentThread().interrupt();
      return;
    } catch (Throwable e) {
      // Whatever it is, this is given up, and what waits behind it goes on.
      onFailure.accept(item, e);
    }
    done.add(item);
    onDone.run();
  }

  /** The next one that has been read, or given up; null if there is none. Fetch thread. */
  @Nullable T poll() {
    return done.poll();
  }

  @Override
  public void close() {
    supervised.mayEnd();
    threads.shutdownNow();
  }
}
