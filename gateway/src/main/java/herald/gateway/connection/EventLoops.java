package herald.gateway.connection;

import herald.gateway.config.GatewayConfig;
import herald.gateway.events.ReplaySource;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The event loops with what each owns, and their beat: once a second each does what is due, which
 * also says that it moves.
 */
final class EventLoops implements AutoCloseable {
  private static final String THREAD = "herald-loop";

  /** Ten beats. */
  private static final long LONGEST_TURN_MILLIS = 10_000;

  private final EventLoopGroup group;
  private final IdentityHashMap<EventExecutor, LoopContext> contexts = new IdentityHashMap<>();
  private final List<SupervisedThread> beats = new ArrayList<>();
  private final IsolatedFailures failures;

  /** Starts the loops. */
  EventLoops(
      GatewayConfig config,
      Transport transport,
      Dispatcher dispatcher,
      ReplaySource replays,
      Meters meters,
      ConnectionCounts counts,
      Supervisor supervisor,
      LongSupplier nanoClock) {
    failures = supervisor.failures();
    ClosePolicy closePolicy = new ClosePolicy(config.drain());
    InboundRateLimit.Buckets inbound = InboundRateLimit.Buckets.of(config.inbound());
    ConnectionFailures connectionFailures = new ConnectionFailures(failures);
    int maxLagMillis = config.admission().limits().maxLoopLagMillis();
    group =
        new MultiThreadIoEventLoopGroup(
            config.transport().eventLoops(),
            new DefaultThreadFactory(THREAD, true),
            transport.ioHandlers());
    for (EventExecutor loop : group) {
      LoopLag lag = new LoopLag(meters.connections(), nanoClock, maxLagMillis);
      LoopContext context =
          new LoopContext(
              config.connections(),
              nanoClock,
              new TimerWheel(nanoClock.getAsLong(), connectionFailures),
              lag,
              inbound,
              config.inbound().maxFragments(),
              dispatcher,
              replays,
              meters,
              counts,
              new LoopStatistics(),
              connectionFailures,
              closePolicy,
              new LoopBuffer());
      contexts.put(loop, context);
      lag.measure(loop, failures);
      beat(loop, context, supervisor.thread(THREAD + "-" + contexts.size(), LONGEST_TURN_MILLIS));
    }
  }

  private void beat(EventExecutor loop, LoopContext context, SupervisedThread supervised) {
    beats.add(supervised);
    loop.terminationFuture().addListener(terminated -> supervised.ended(null));
    var unused =
        loop.scheduleAtFixedRate(
            supervised.periodic(Place.LOOP, context::tick),
            TimerWheel.TICK_NANOS,
            TimerWheel.TICK_NANOS,
            TimeUnit.NANOSECONDS);
  }

  EventLoopGroup group() {
    return group;
  }

  /** Each loop with what it owns. */
  IdentityHashMap<EventExecutor, LoopContext> contexts() {
    return contexts;
  }

  @Nullable LoopContext contextOf(EventLoop loop) {
    return contexts.get(loop);
  }

  /** Does something on each loop, also when another takes no tasks any more. */
  void onEach(Consumer<LoopContext> action) {
    contexts.forEach(
        (executor, loop) ->
            failures.run(
                Place.LOOP,
                () -> executor.execute(() -> failures.run(Place.LOOP, () -> action.accept(loop)))));
  }

  /** A figure in sum over the loops. */
  long sum(ToLongFunction<LoopStatistics> figure) {
    return statistics().mapToLong(figure).sum();
  }

  /** The largest of the loops' statistics. */
  long max(ToLongFunction<LoopStatistics> figure) {
    return statistics().mapToLong(figure).max().orElse(0);
  }

  private Stream<LoopStatistics> statistics() {
    return contexts.values().stream().map(LoopContext::statistics);
  }

  /** Cuts off whoever is left and ends the loops. */
  @Override
  public void close() {
    beats.forEach(SupervisedThread::mayEnd);
    onEach(loop -> loop.wheel().forEach(TimedHandler::abort));
    group.shutdownGracefully(50, 2_000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    contexts.values().forEach(loop -> loop.buffer().close());
  }
}
