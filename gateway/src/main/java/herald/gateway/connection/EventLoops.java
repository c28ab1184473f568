package herald.gateway.connection;

import herald.gateway.config.GatewayConfig;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.metrics.ConnectionMeters;
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
import io.netty.util.internal.PlatformDependent;
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
 * The event loops, each with what it owns. Once a second each loop runs its deadlines; its
 * supervisor notices when it does not.
 */
final class EventLoops implements AutoCloseable {
  private static final String THREAD = "herald-loop";

  /** Ten ticks: a loop that stands still for so long is a problem of the whole instance. */
  private static final long LONGEST_TURN_MILLIS = 10_000;

  /** The copies of large texts have at most this part of the direct memory. */
  private static final int LARGE_TEXTS_SHARE = 8;

  private final EventLoopGroup group;
  private final IdentityHashMap<EventExecutor, LoopContext> contexts = new IdentityHashMap<>();
  private final List<SupervisedThread> ticks = new ArrayList<>();
  private final IsolatedFailures failures;
  private final LargeTexts largeTexts;

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
    SlowClientRule slowClients = new SlowClientRule(config.connections());
    ClosePolicy closePolicy = new ClosePolicy(config.drain());
    InboundLimits inboundLimits = InboundLimits.of(config.inbound());
    ConnectionFailures connectionFailures = new ConnectionFailures(failures);
    int maxLagMillis = config.admission().limits().maxLoopLagMillis();
    largeTexts = new LargeTexts(PlatformDependent.maxDirectMemory() / LARGE_TEXTS_SHARE);
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
              new Standstill(meters.connections(), nanoClock.getAsLong()),
              new ConnectionRegistry(connectionFailures),
              lag,
              inboundLimits,
              dispatcher,
              replays,
              meters,
              counts,
              new LoopStatistics(),
              connectionFailures,
              slowClients,
              closePolicy,
              new LoopBuffer(),
              largeTexts,
              config.transport().directWrites());
      contexts.put(loop, context);
      lag.measure(loop, failures);
      scheduleTicks(
          loop, context, supervisor.thread(THREAD + "-" + contexts.size(), LONGEST_TURN_MILLIS));
    }
  }

  private void scheduleTicks(EventExecutor loop, LoopContext context, SupervisedThread supervised) {
    ticks.add(supervised);
    loop.terminationFuture().addListener(terminated -> supervised.ended(null));
    var unused =
        loop.scheduleAtFixedRate(
            supervised.periodic(Place.LOOP, context::tick),
            TimerWheel.TICK_NANOS,
            TimerWheel.TICK_NANOS,
            TimeUnit.NANOSECONDS);
  }

  /** Has the statistics of all loops shown to operators. */
  void declare(ConnectionMeters meters) {
    meters.traffic(
        () -> sum(LoopStatistics::writtenEvents),
        () -> sum(LoopStatistics::writtenBytes),
        () -> sum(LoopStatistics::pings));
    meters.largeTexts(largeTexts::bytes);
    meters.cursors(
        () -> sum(LoopStatistics::stalled),
        () -> sum(LoopStatistics::behindEvents),
        () -> max(LoopStatistics::behindMaxEvents),
        () -> sum(LoopStatistics::unconfirmed),
        () -> sum(LoopStatistics::unconfirmedEvents));
  }

  EventLoopGroup group() {
    return group;
  }

  /** One of the loops, always the same. */
  EventLoop first() {
    return (EventLoop) group.iterator().next();
  }

  /** Each loop with what it owns. */
  IdentityHashMap<EventExecutor, LoopContext> contexts() {
    return contexts;
  }

  @Nullable LoopContext contextOf(EventLoop loop) {
    return contexts.get(loop);
  }

  /** Does something on each loop; one that takes no tasks any more is passed over. */
  void onEach(Consumer<LoopContext> action) {
    contexts.forEach(
        (executor, loop) ->
            failures.run(
                Place.LOOP,
                () -> executor.execute(() -> failures.run(Place.LOOP, () -> action.accept(loop)))));
  }

  private long sum(ToLongFunction<LoopStatistics> value) {
    return statistics().mapToLong(value).sum();
  }

  private long max(ToLongFunction<LoopStatistics> value) {
    return statistics().mapToLong(value).max().orElse(0);
  }

  private Stream<LoopStatistics> statistics() {
    return contexts.values().stream().map(LoopContext::statistics);
  }

  /** Closes the sockets that are left and ends the loops. */
  @Override
  public void close() {
    ticks.forEach(SupervisedThread::mayEnd);
    onEach(loop -> loop.registry().forEach(handler -> handler.abort(CloseReason.DRAINED)));
    group.shutdownGracefully(50, 2_000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    contexts.values().forEach(loop -> loop.buffer().close());
  }
}
