package herald.gateway.connection;

import herald.gateway.ops.SlowConnection;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the connections whose clients are furthest behind. Each loop walks over its own, which is
 * why it does so at most once a second, however many ask. A loop that does not answer is left out:
 * the others' are worth knowing just then.
 */
final class SlowestConnections {
  private static final int COUNT = 20;
  private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long TIMEOUT_MILLIS = 2_000;

  private final Map<? extends Executor, LoopContext> loops;
  private final LongSupplier nanoClock;
  private final IsolatedFailures failures;

  /** Guarded by this. */
  private @Nullable CompletableFuture<List<SlowConnection>> last;

  /** Guarded by this. */
  private long askedAtNanos;

  SlowestConnections(
      Map<? extends Executor, LoopContext> loops,
      LongSupplier nanoClock,
      IsolatedFailures failures) {
    this.loops = loops;
    this.nanoClock = nanoClock;
    this.failures = failures;
  }

  /** The slowest first. Any thread, never waits. */
  synchronized CompletionStage<List<SlowConnection>> find() {
    long now = nanoClock.getAsLong();
    if (last == null || now - askedAtNanos >= KEEP_NANOS) {
      askedAtNanos = now;
      last = ask(now);
    }
    return last;
  }

  private CompletableFuture<List<SlowConnection>> ask(long nowNanos) {
    CompletableFuture<List<SlowConnection>> all =
        CompletableFuture.completedFuture(new ArrayList<>());
    for (Map.Entry<? extends Executor, LoopContext> loop : loops.entrySet()) {
      all =
          all.thenCombine(ask(loop.getKey(), loop.getValue(), nowNanos), SlowestConnections::merge);
    }
    return all;
  }

  private CompletableFuture<List<SlowConnection>> ask(
      Executor executor, LoopContext loop, long nowNanos) {
    try {
      return CompletableFuture.supplyAsync(() -> slowestOf(loop, nowNanos), executor)
          .exceptionally(this::nobody)
          .completeOnTimeout(List.of(), TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (Throwable e) {
      return CompletableFuture.completedFuture(nobody(e));
    }
  }

  private List<SlowConnection> nobody(Throwable failure) {
    failures.isolated(Place.WALK, failure);
    return List.of();
  }

  private static List<SlowConnection> merge(List<SlowConnection> one, List<SlowConnection> other) {
    List<SlowConnection> both = new ArrayList<>(one);
    both.addAll(other);
    both.sort(SlowConnection.SLOWEST_FIRST);
    return both.subList(0, Math.min(COUNT, both.size()));
  }

  private static List<SlowConnection> slowestOf(LoopContext loop, long nowNanos) {
    Comparator<ClientConnection> fastestFirst =
        Comparator.comparingLong((ClientConnection each) -> each.stalledNanos(nowNanos))
            .thenComparingLong(ClientConnection::behind)
            .thenComparingLong(ClientConnection::unconfirmed);
    PriorityQueue<ClientConnection> slowest = new PriorityQueue<>(COUNT + 1, fastestFirst);
    loop.wheel()
        .forEach(
            handler -> {
              if (handler instanceof ClientConnection connection && connection.isSlow()) {
                slowest.add(connection);
                if (slowest.size() > COUNT) {
                  slowest.remove();
                }
              }
            });
    return slowest.stream().map(connection -> connection.describe(nowNanos)).toList();
  }
}
