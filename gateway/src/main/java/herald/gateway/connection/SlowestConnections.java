package herald.gateway.connection;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import herald.gateway.ops.SlowConnection;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import java.nio.charset.StandardCharsets;
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
 * Finds the connections whose clients are furthest behind. Each event loop goes over its own
 * connections for that, at most once a second, however often the question comes. A loop that does
 * not answer in time is left out: that is just when an operator needs to know those of the others.
 */
final class SlowestConnections {
  private static final int COUNT = 20;
  private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long TIMEOUT_MILLIS = 2_000;

  private final Map<? extends Executor, LoopContext> loops;
  private final LongSupplier nanoClock;
  private final IsolatedFailures failures;

  @GuardedBy("this")
  private @Nullable CompletableFuture<List<SlowConnection>> last;

  @GuardedBy("this")
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
          .exceptionally(this::none)
          .completeOnTimeout(List.of(), TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (Throwable e) {
      return CompletableFuture.completedFuture(none(e));
    }
  }

  private List<SlowConnection> none(Throwable failure) {
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
        Comparator.comparingLong((ClientConnection each) -> stalledNanos(each, nowNanos))
            .thenComparingLong(each -> each.writer().behind())
            .thenComparingLong(each -> each.writer().unconfirmed());
    PriorityQueue<ClientConnection> slowest = new PriorityQueue<>(COUNT + 1, fastestFirst);
    loop.registry()
        .forEach(
            handler -> {
              if (handler instanceof ClientConnection connection && isBehind(connection)) {
                slowest.add(connection);
                if (slowest.size() > COUNT) {
                  slowest.remove();
                }
              }
            });
    return slowest.stream().map(connection -> describe(connection, nowNanos)).toList();
  }

  /** Whether events wait for the client, or for its confirmation. */
  private static boolean isBehind(ClientConnection connection) {
    return connection.writer().behind() > 0 || connection.writer().unconfirmed() > 0;
  }

  private static long stalledNanos(ClientConnection connection, long nowNanos) {
    return connection.writer().socket().stalledNanos(nowNanos);
  }

  /** What an operator may know of a connection: who it is, shortened, and how far behind. */
  private static SlowConnection describe(ClientConnection connection, long nowNanos) {
    EventWriter writer = connection.writer();
    return new SlowConnection(
        new String(writer.cursor().receiverHashId(), StandardCharsets.US_ASCII),
        connection.address().shortened(),
        TimeUnit.NANOSECONDS.toMillis(stalledNanos(connection, nowNanos)),
        writer.behind(),
        writer.unconfirmed());
  }
}
