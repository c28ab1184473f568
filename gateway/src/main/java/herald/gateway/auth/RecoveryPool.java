package herald.gateway.auth;

import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedPool;
import herald.gateway.supervision.Supervisor;
import herald.protocol.RecoveredWallet;
import herald.protocol.WalletRecovery;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The threads that recover wallets, and the bounded queue before them. */
final class RecoveryPool implements AutoCloseable {
  private static final String THREADS = "herald-recovery";

  /** A recovery takes a fraction of a millisecond. */
  private static final long LONGEST_TASK_MILLIS = 30_000;

  private final WalletRecovery recovery;
  private final LongConsumer recoveredNanos;
  private final ThreadPoolExecutor threads;
  private final IsolatedFailures failures;
  private final SupervisedPool supervised;

  RecoveryPool(
      WalletRecovery recovery,
      int threadCount,
      int maxWaiting,
      LongConsumer recoveredNanos,
      Supervisor supervisor) {
    this.recovery = recovery;
    this.recoveredNanos = recoveredNanos;
    threads =
        new ThreadPoolExecutor(
            threadCount,
            threadCount,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(maxWaiting),
            new DefaultThreadFactory(THREADS, true));
    failures = supervisor.failures();
    supervised =
        supervisor.pool(
            THREADS, threadCount, LONGEST_TASK_MILLIS, LONGEST_TASK_MILLIS, this::waiting);
  }

  /**
   * Recovers on one of the threads. Any thread, never waits.
   *
   * @return null if too many wait already; the future gives null if no key can be recovered, and
   *     fails if that could not be found out
   */
  @Nullable CompletableFuture<@Nullable RecoveredWallet> recover(byte[] message, byte[] signature) {
    CompletableFuture<@Nullable RecoveredWallet> result = new CompletableFuture<>();
    try {
      threads.execute(
          supervised.watch(
              () -> {
                try {
                  result.complete(timed(message, signature));
                } catch (Throwable e) {
                  fail(result, e);
                }
              }));
    } catch (RejectedExecutionException e) {
      return null;
    } catch (Throwable e) {
      // No thread could be started.
      fail(result, e);
    }
    return result;
  }

  private void fail(CompletableFuture<?> result, Throwable failure) {
    try {
      failures.isolated(Place.RECOVERY, failure);
    } finally {
      result.completeExceptionally(failure);
    }
  }

  private @Nullable RecoveredWallet timed(byte[] message, byte[] signature) {
    long begin = System.nanoTime();
    RecoveredWallet recovered = recovery.recover(message, signature);
    recoveredNanos.accept(System.nanoTime() - begin);
    return recovered;
  }

  int waiting() {
    return threads.getQueue().size();
  }

  @Override
  public void close() {
    supervised.mayEnd();
    threads.shutdownNow();
  }
}
