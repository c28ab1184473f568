package herald.gateway.auth;

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
  private final WalletRecovery recovery;
  private final LongConsumer recoveredNanos;
  private final ThreadPoolExecutor threads;

  RecoveryPool(
      WalletRecovery recovery, int threadCount, int maxWaiting, LongConsumer recoveredNanos) {
    this.recovery = recovery;
    this.recoveredNanos = recoveredNanos;
    threads =
        new ThreadPoolExecutor(
            threadCount,
            threadCount,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(maxWaiting),
            new DefaultThreadFactory("herald-recovery", true));
  }

  /**
   * Recovers on one of the threads. Any thread, never waits.
   *
   * @return null if too many wait already; the future gives null if no key can be recovered
   */
  @Nullable CompletableFuture<@Nullable RecoveredWallet> recover(byte[] message, byte[] signature) {
    CompletableFuture<@Nullable RecoveredWallet> result = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              result.complete(timed(message, signature));
            } catch (RuntimeException e) {
              result.completeExceptionally(e);
            }
          });
      return result;
    } catch (RejectedExecutionException e) {
      return null;
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
    threads.shutdownNow();
  }
}
