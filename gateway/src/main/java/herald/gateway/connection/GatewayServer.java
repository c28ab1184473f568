package herald.gateway.connection;

import herald.gateway.admission.Admission;
import herald.gateway.admission.ForwardedFor;
import herald.gateway.admission.OriginPolicy;
import herald.gateway.admission.WalletUser;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.DrainSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.LimitSettings;
import herald.gateway.config.TlsSettings;
import herald.gateway.device.DeviceCookie;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.ReloadMeters;
import herald.gateway.ops.SlowConnection;
import herald.gateway.ops.UserStatus;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.Supervisor;
import herald.gateway.tls.ServerTls;
import herald.protocol.SignedRequest;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The server that clients connect to: accepts sockets and gives each its pipeline, and closes all
 * connections in an orderly way when the instance is drained. Each event loop owns its connections
 * and their deadlines.
 */
public final class GatewayServer implements AutoCloseable {
  private final GatewayConfig config;
  private final HandshakeContext handshakeContext;
  private final @Nullable ServerTls tls;
  private final ConnectionCounts counts;
  private final Transport transport;
  private final EventLoops loops;
  private final ConnectionFailures failures;
  private final Meters meters;
  private final LongSupplier nanoClock;
  private final SlowestConnections slowest;
  private final UserConnections userConnections;

  /** Written by the thread that starts the server, before any other may read it. */
  private @Nullable ListeningSocket listening;

  /** Written by the thread of the drain; read by all event loops. */
  private volatile boolean rejecting;

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
      Supervisor supervisor,
      LongSupplier nanoClock,
      InstantSource clock) {
    this.config = config;
    this.meters = meters;
    this.nanoClock = nanoClock;
    transport = Transport.choose(config.transport().kind());
    AdmissionSettings admission = config.admission();
    LimitSettings limits = admission.limits();
    long now = nanoClock.getAsLong();
    handshakeContext =
        new HandshakeContext(
            config.handshakes(),
            clock,
            authenticator,
            new Admission(config.connections().maxConnections(), limits, now),
            new ForwardedFor(admission.proxies()),
            new OriginPolicy(admission.origins()),
            new DeviceCookie(config.handshakes().deviceCookie(), UpgradeRequest.PATH),
            new RejectionTracker(limits, meters, nanoClock));
    TlsSettings tlsSettings = config.tls();
    tls =
        tlsSettings == null
            ? null
            : new ServerTls(
                tlsSettings,
                null,
                "herald-tls",
                config.connections().closeTimeoutMillis(),
                meters.reloads().of(ReloadMeters.Files.TLS),
                supervisor);
    counts = new ConnectionCounts(meters, handshakeContext.rejections()::held);
    loops =
        new EventLoops(
            config, transport, dispatcher, replays, meters, counts, supervisor, nanoClock);
    failures = new ConnectionFailures(supervisor.failures());
    slowest = new SlowestConnections(loops.contexts(), nanoClock, supervisor.failures());
    userConnections = new UserConnections(dispatcher, nanoClock, supervisor.failures());
    loops.declare(meters.connections());
  }

  /**
   * Binds the address of the configuration.
   *
   * @throws IOException when that is not possible, with a sentence that names the address
   */
  public void start() throws IOException {
    listening =
        ListeningSocket.bind(
            config,
            transport,
            loops.group(),
            new AcceptFailures(meters.connections()),
            new ClientChannelInitializer(
                loops::contextOf,
                handshakeContext,
                tls,
                config.admission().proxies(),
                () -> rejecting,
                failures));
  }

  /** One of the event loops, always the same. */
  public EventLoop firstLoop() {
    return loops.first();
  }

  /** The port that is listened on. */
  public int port() {
    ListeningSocket socket = listening;
    if (socket == null) {
      throw new IllegalStateException("not started");
    }
    return socket.port();
  }

  /** Client sockets that are open, whether authenticated or not. */
  public int openConnections() {
    return counts.open();
  }

  /** Users with a connection; a live view. */
  public Set<Integer> connectedUsers() {
    return handshakeContext.admission().users();
  }

  /** The same, with the wallets that have signed for them; a live view. */
  public Set<WalletUser> walletUsers() {
    return handshakeContext.admission().walletUsers();
  }

  /** The connections whose clients are furthest behind, the slowest first. Any thread. */
  public CompletionStage<List<SlowConnection>> slowest() {
    return slowest.find();
  }

  /** What there is of one user. Any thread. */
  public CompletionStage<UserStatus> connectionsOf(int userId) {
    return userConnections.find(userId);
  }

  /** Closes every connection of these users and wallets, who may not connect any more. */
  public void closeConnectionsOf(Set<WalletUser> users) {
    loops.onEach(loop -> loop.closeConnectionsOf(users));
  }

  /** How sockets are driven: epoll, io_uring or nio, and which TLS implementation is used. */
  public String transportName() {
    return transport.name() + (tls == null ? "" : ", TLS by " + tls.providerName());
  }

  /**
   * Ends every connection in an orderly way. After a while no new ones are accepted, and each of
   * the others is closed with 1001 when its client has confirmed what it was sent. To be called
   * once.
   *
   * @return completes when all connections are gone, or when the drain's time is over and the
   *     sockets that were left have been closed
   */
  public CompletableFuture<Void> drain(DrainSettings settings) {
    Drain begun =
        new Drain(
            settings, nanoClock, loops.contexts(), counts::open, this::stopListening, failures);
    drain = begun;
    // Not on one of the event loops: the drain has to end even if one of them stands still.
    var steps =
        GlobalEventExecutor.INSTANCE.scheduleAtFixedRate(
            () -> failures.run(Place.DRAIN, begun::step),
            0,
            Drain.STEP_MILLIS,
            TimeUnit.MILLISECONDS);
    return begun.gone().whenComplete((gone, failure) -> steps.cancel(false));
  }

  /** Has a drain that has begun go on without waiting any longer. Any thread. */
  public void hastenDrain() {
    Drain begun = drain;
    if (begun != null) {
      begun.hasten();
    }
  }

  private void stopListening() {
    rejecting = true;
    ListeningSocket socket = listening;
    if (socket != null) {
      socket.stop();
    }
  }

  /** Closes the sockets that are left and ends the event loops. */
  @Override
  public void close() {
    if (listening != null) {
      listening.close();
    }
    if (tls != null) {
      tls.close();
    }
    loops.close();
  }
}
