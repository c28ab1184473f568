package herald.gateway.connection;

import herald.gateway.admission.Admission;
import herald.gateway.admission.ForwardedFor;
import herald.gateway.admission.OriginPolicy;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.DrainSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.LimitSettings;
import herald.gateway.config.TlsSettings;
import herald.gateway.events.ReplaySource;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.metrics.Meters;
import herald.gateway.ops.SlowConnection;
import herald.protocol.SignedRequest;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The clients' side: accepts sockets, gives each its pipeline, and lets all go when the instance is
 * drained. Each event loop owns its connections and their deadlines.
 */
public final class GatewayServer implements AutoCloseable {
  private static final int BACKLOG = 4_096;

  private final GatewayConfig config;
  private final Entrance entrance;
  private final @Nullable ServerTls tls;
  private final ConnectionCounts counts;
  private final Transport transport;
  private final EventLoopGroup group;
  private final IdentityHashMap<EventExecutor, LoopContext> loops = new IdentityHashMap<>();
  private final LongSupplier nanoClock;
  private final SlowestConnections slowest;
  private @Nullable Channel listening;
  private volatile boolean refusing;
  private volatile @Nullable Drain drain;

  /**
   * @param authenticator finds the user; called on event loops, so it must not block
   * @throws IllegalArgumentException when the TLS certificate can't be used
   */
  public GatewayServer(
      GatewayConfig config,
      BiFunction<SignedRequest, byte[], CompletionStage<AuthOutcome>> authenticator,
      Dispatcher dispatcher,
      ReplaySource replays,
      Meters meters,
      LongSupplier nanoClock,
      InstantSource clock) {
    this.config = config;
    this.nanoClock = nanoClock;
    transport = Transport.choose(config.transport().kind());
    AdmissionSettings admission = config.admission();
    LimitSettings limits = admission.limits();
    long now = nanoClock.getAsLong();
    entrance =
        new Entrance(
            config.handshakes(),
            clock,
            authenticator,
            new Admission(config.connections().maxConnections(), limits, now),
            new ForwardedFor(admission.proxies()),
            new OriginPolicy(admission.origins()),
            new Refusals(limits, meters, nanoClock));
    TlsSettings tlsSettings = config.tls();
    tls =
        tlsSettings == null
            ? null
            : new ServerTls(tlsSettings, config.connections().closeTimeoutMillis());
    counts = new ConnectionCounts(meters, entrance.refusals()::held);
    Departure departure = new Departure(config.drain());
    InboundBudget.Rates inbound = InboundBudget.Rates.of(config.inbound());
    group =
        new MultiThreadIoEventLoopGroup(
            config.transport().eventLoops(),
            new DefaultThreadFactory("herald-loop", true),
            transport.ioHandlers());
    for (EventExecutor loop : group) {
      TimerWheel wheel = new TimerWheel(now);
      LoopFigures figures = new LoopFigures();
      LoopLag lag = new LoopLag(meters.connections(), nanoClock, limits.maxLoopLagMillis());
      lag.measure(loop);
      loops.put(
          loop,
          new LoopContext(
              config.connections(),
              nanoClock,
              wheel,
              lag,
              inbound,
              config.inbound().maxFragments(),
              dispatcher,
              replays,
              meters,
              counts,
              figures,
              departure,
              new LoopBuffer()));
      var unused =
          loop.scheduleAtFixedRate(
              () -> {
                wheel.tick(nanoClock.getAsLong());
                figures.tick();
              },
              TimerWheel.TICK_NANOS,
              TimerWheel.TICK_NANOS,
              TimeUnit.NANOSECONDS);
    }
    slowest = new SlowestConnections(loops, nanoClock);
    meters
        .connections()
        .traffic(
            () -> sum(LoopFigures::deliveries),
            () -> sum(LoopFigures::deliveredBytes),
            () -> sum(LoopFigures::pings));
    meters
        .connections()
        .cursors(
            () -> sum(LoopFigures::stalled),
            () -> sum(LoopFigures::behindEvents),
            () -> loops().mapToLong(LoopFigures::behindMost).max().orElse(0),
            () -> sum(LoopFigures::unconfirmed),
            () -> sum(LoopFigures::unconfirmedEvents));
  }

  private long sum(ToLongFunction<LoopFigures> figure) {
    return loops().mapToLong(figure).sum();
  }

  private Stream<LoopFigures> loops() {
    return loops.values().stream().map(LoopContext::figures);
  }

  /**
   * Binds the address of the configuration.
   *
   * @throws IOException when that is not possible, with a sentence that names the address
   */
  public void start() throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(
                    config.connections().lowWatermarkBytes(),
                    config.connections().highWatermarkBytes()))
            .childHandler(
                new Reception(
                    loops::get, entrance, tls, config.admission().proxies(), () -> refusing));
    int sendBufferBytes = config.connections().sendBufferBytes();
    if (sendBufferBytes > 0) {
      bootstrap.childOption(ChannelOption.SO_SNDBUF, sendBufferBytes);
    }
    try {
      listening = bootstrap.bind(config.bindAddress().resolve()).syncUninterruptibly().channel();
    } catch (Exception e) {
      throw new IOException(
          "can't listen on "
              + config.bindAddress()
              + ": "
              + e.getMessage()
              + " (expected: a free port on an address of this machine)",
          e);
    }
  }

  /** The port that is listened on. */
  public int port() {
    Channel channel = listening;
    if (channel == null) {
      throw new IllegalStateException("not started");
    }
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Client sockets that are open, whether authenticated or not. */
  public int openConnections() {
    return counts.open();
  }

  /** Users with a connection; a live view. */
  public Set<Integer> connectedUsers() {
    return entrance.admission().users();
  }

  /** The connections whose clients are furthest behind, the slowest first. Any thread. */
  public CompletionStage<List<SlowConnection>> slowest() {
    return slowest.find();
  }

  /** Closes every connection of these users with 1008. */
  public void dismiss(Set<Integer> users) {
    onEachLoop(loop -> loop.wheel().forEach(handler -> handler.dismiss(users)));
  }

  /** How sockets are driven: epoll or nio, and by whose TLS. */
  public String transportName() {
    return transport.name() + (tls == null ? "" : ", TLS by " + tls.providerName());
  }

  /**
   * Lets every client go: after a while no new ones, and of the others each is closed with 1001
   * when it has confirmed what it was sent. To be called once.
   *
   * @return completes when all are gone, or when the drain's time is over and the rest was cut off
   */
  public CompletableFuture<Void> drain(DrainSettings settings) {
    Drain begun = new Drain(settings, nanoClock, loops, counts::open, this::stopListening);
    drain = begun;
    var steps =
        group.next().scheduleAtFixedRate(begun::step, 0, Drain.STEP_MILLIS, TimeUnit.MILLISECONDS);
    return begun.gone().whenComplete((gone, failure) -> steps.cancel(false));
  }

  /** Leaves out what a drain that has begun would still wait for. Any thread. */
  public void hastenDrain() {
    Drain begun = drain;
    if (begun != null) {
      begun.hasten();
    }
  }

  private void stopListening() {
    refusing = true;
    Channel channel = listening;
    if (channel != null) {
      channel.close();
    }
  }

  private void onEachLoop(Consumer<LoopContext> action) {
    loops.forEach((executor, loop) -> executor.execute(() -> action.accept(loop)));
  }

  /** Cuts off whoever is left and ends the event loops. */
  @Override
  public void close() {
    Channel channel = listening;
    if (channel != null) {
      channel.close().syncUninterruptibly();
    }
    if (tls != null) {
      tls.close();
    }
    onEachLoop(loop -> loop.wheel().forEach(TimedHandler::abort));
    group.shutdownGracefully(50, 2_000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    loops.values().forEach(loop -> loop.buffer().close());
  }
}
