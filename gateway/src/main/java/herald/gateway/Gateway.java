package herald.gateway;

import herald.gateway.auth.AuthOutcome;
import herald.gateway.auth.Authenticator;
import herald.gateway.auth.PublicKeyStore;
import herald.gateway.auth.Revalidation;
import herald.gateway.auth.UserDirectory;
import herald.gateway.config.GatewayConfig;
import herald.gateway.connection.GatewayServer;
import herald.gateway.database.Pools;
import herald.gateway.database.PrimaryStatus;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.MemoryLimits;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.logging.Logs;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.ProcessMeters;
import herald.gateway.metrics.Telemetry;
import herald.gateway.ops.AdminPages;
import herald.gateway.ops.AdminServer;
import herald.gateway.ops.Build;
import herald.gateway.ops.StatusReport;
import herald.gateway.ops.UserReport;
import herald.gateway.rehearsal.Rehearsal;
import herald.gateway.supervision.Supervisor;
import herald.gateway.tls.DatabaseCertificates;
import herald.protocol.SignedRequest;
import herald.protocol.WalletRecoveries;
import herald.protocol.WalletRecovery;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One instance of the gateway: its parts, put together, started and stopped in order. */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final GatewayConfig config;
  private final Telemetry telemetry;
  private final Supervisor supervisor;
  private final WalletRecovery recovery;
  private final Rehearsal rehearsal;
  private final Pools pools;
  private final PrimaryStatus primaryStatus;
  private final DatabaseCertificates certificates;
  private final Dispatcher dispatcher;
  private final EventIntake intake;
  private final Readiness readiness;
  private final UserDirectory directory;
  private final PublicKeyStore publicKeys;
  private final Authenticator authenticator;
  private final GatewayServer clients;
  private final Revalidation revalidation;
  private final AdminServer admin;
  private final AtomicBoolean draining = new AtomicBoolean();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  /**
   * Puts the parts together; connects to nothing yet.
   *
   * @throws IllegalStateException when a part that was asked for is not to be had
   */
  public Gateway(GatewayConfig config) {
    this.config = config;
    Build build = Build.current();
    telemetry = new Telemetry(config.tracing(), build.version());
    var registry = telemetry.registry();
    Meters meters = telemetry.meters();
    LongSupplier nanoClock = System::nanoTime;
    supervisor = new Supervisor(meters.supervision(), nanoClock);
    InstantSource clock = InstantSource.system();
    recovery = WalletRecoveries.choose(config.handshakes().recoveryProvider());
    pools = new Pools(config, registry);
    rehearsal = new Rehearsal(config, recovery, pools, supervisor.failures());
    certificates = new DatabaseCertificates(config, meters.reloads(), supervisor.failures());
    PositionJournal journal = new PositionJournal(config.eventLog().sharesPositions());
    dispatcher =
        new Dispatcher(
            MemoryLimits.of(config.eventLog()), journal, meters, nanoClock, clock, supervisor);
    intake =
        new EventIntake(config, pools, dispatcher, journal, meters, supervisor, nanoClock, clock);
    primaryStatus =
        new PrimaryStatus(pools.primary(), intake::onPooledServer, supervisor.failures());
    meters.feed().notificationQueue(primaryStatus::notificationQueueUsage);
    readiness = new Readiness(supervisor, intake, rehearsal);
    long maxQueryMillis = pools.longestQueryMillis();
    directory = new UserDirectory(pools.read(), config.revalidation(), maxQueryMillis, supervisor);
    publicKeys =
        new PublicKeyStore(pools.primary(), meters.handshakes(), maxQueryMillis, supervisor);
    authenticator =
        new Authenticator(
            recovery, config.handshakes(), directory, publicKeys, meters.handshakes(), supervisor);
    clients =
        new GatewayServer(
            config,
            this::authenticate,
            dispatcher,
            intake.replays(),
            meters,
            supervisor,
            nanoClock,
            clock);
    revalidation =
        new Revalidation(
            pools.read(),
            directory,
            clients::walletUsers,
            clients::closeConnectionsOf,
            config.revalidation(),
            meters.handshakes(),
            maxQueryMillis,
            supervisor);
    admin =
        new AdminServer(
            config,
            new AdminPages(
                registry::scrape,
                this::notReadyReason,
                this::beginDrain,
                new StatusReport(
                    config,
                    registry,
                    this::notReadyReason,
                    primaryStatus::version,
                    clients::slowest),
                new UserReport(clients::connectionsOf, clock)),
            meters.reloads(),
            supervisor);
    meters.connections().draining(() -> draining.get() ? 1 : 0);
    ProcessMeters.declare(registry, build.version(), build.java(), Logs::dropped);
  }

  /**
   * Begins to serve. Clients are accepted at once; ready is said when the feed is.
   *
   * @throws IOException when an address can't be bound
   */
  public void start() throws IOException {
    rehearsal.start();
    // Before the servers, since the instance is ready when the feed is, and connecting takes
    // longest.
    intake.start(clients.firstLoop());
    admin.start();
    clients.start();
    revalidation.start();
    StartLines.say(config, clients.port(), admin.port(), clients.transportName(), recovery.name());
    primaryStatus.start();
    certificates.start();
  }

  /** Whether new clients should be sent here. */
  public boolean isReady() {
    return notReadyReason() == null;
  }

  private CompletionStage<AuthOutcome> authenticate(SignedRequest request, byte[] signature) {
    return readiness.letsIn()
        ? authenticator.authenticate(request, signature)
        : CompletableFuture.completedFuture(
            new AuthOutcome.Refused(AuthOutcome.Reason.UNAVAILABLE));
  }

  /** Why new clients should not be sent here, in a sentence; null if they should. Any thread. */
  public @Nullable String notReadyReason() {
    return draining.get() ? "draining" : readiness.problem();
  }

  /** The port that clients connect to. */
  public int port() {
    return clients.port();
  }

  /** The port of metrics and probes. */
  public int adminPort() {
    return admin.port();
  }

  /** Client sockets that are open. */
  public int openConnections() {
    return clients.openConnections();
  }

  /** The metrics as Prometheus reads them. */
  public String scrape() {
    return telemetry.registry().scrape();
  }

  /** Not ready any more, and lets every client go, if it does not do so already. Any thread. */
  public void beginDrain() {
    if (!draining.compareAndSet(false, true)) {
      return;
    }
    LOG.atInfo()
        .addKeyValue("delay_ms", config.drain().delayMillis())
        .addKeyValue("period_ms", config.drain().periodMillis())
        .log("draining: not ready any more, connections are closed after the delay");
    clients
        .drain(config.drain())
        .thenAccept(
            gone -> {
              LOG.info("drained");
              drained.complete(null);
            });
  }

  /** Leaves out what a drain that has begun would still wait for. Any thread. */
  public void hastenDrain() {
    LOG.info("the drain is hastened");
    clients.hastenDrain();
  }

  /** Completes when a drain has ended: all clients are gone or cut off. */
  public CompletionStage<Void> drained() {
    return drained;
  }

  /** Stops everything; whoever is still connected is cut off. */
  @Override
  public void close() {
    draining.set(true);
    supervisor.onEnding();
    revalidation.close();
    intake.closeSource();
    clients.close();
    intake.closeExchange();
    authenticator.close();
    directory.close();
    publicKeys.close();
    dispatcher.close();
    certificates.close();
    primaryStatus.close();
    pools.close();
    admin.close();
    telemetry.close();
  }
}
