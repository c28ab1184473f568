package herald.gateway.rehearsal;

import herald.gateway.admission.WalletUser;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HostPort;
import herald.gateway.config.LimitSettings;
import herald.gateway.config.TransportSettings;
import herald.gateway.connection.GatewayServer;
import herald.gateway.database.Pools;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.MemoryLimits;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.fanout.Replay;
import herald.gateway.feed.FeedRehearsal;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.protocol.RecoveredWallet;
import herald.protocol.SignedRequest;
import herald.protocol.WalletRecovery;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The parts of an instance on the way of an event, put together for a rehearsal: nobody else has
 * them. There is one event loop, on a port of this machine that the system chooses. One thread.
 */
final class Stage implements AutoCloseable {
  static final String HOST = "127.0.0.1";

  private static final int SENDER = 1;

  private final WalletRecovery recovery;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Dispatcher dispatcher;
  private final FeedRehearsal feed;
  private final GatewayServer clients;

  /** Another one for each connection, so that none is sent what was before it. */
  private volatile int receiver = SENDER;

  private long events;

  /**
   * @param pools are asked for nothing
   * @throws IOException when no port is to be had
   */
  Stage(GatewayConfig instance, WalletRecovery recovery, Pools pools) throws IOException {
    this.recovery = recovery;
    GatewayConfig config =
        instance.toBuilder()
            .addresses(new HostPort(HOST, 0), instance.adminAddress())
            .admission(AdmissionSettings.of(LimitSettings.unlimited()))
            .transport(
                new TransportSettings(
                    instance.transport().kind(), 1, instance.transport().directWrites()))
            .tls(null)
            .build();
    Meters meters = new Meters(registry);
    Supervisor supervisor = new Supervisor(meters.supervision(), System::nanoTime);
    dispatcher =
        new Dispatcher(
            MemoryLimits.of(config.eventLog()),
            new PositionJournal(false),
            meters,
            System::nanoTime,
            InstantSource.system(),
            supervisor);
    feed = new FeedRehearsal(config, pools, dispatcher, meters, supervisor);
    clients =
        new GatewayServer(
            config,
            this::authenticate,
            dispatcher,
            request -> CompletableFuture.completedFuture(new Replay(List.of(), null)),
            meters,
            supervisor,
            System::nanoTime,
            InstantSource.fixed(Instant.ofEpochMilli(RehearsalClient.SIGNED_AT_MILLIS)));
    clients.start();
  }

  /** Whoever has signed is the receiver. */
  private CompletionStage<AuthOutcome> authenticate(SignedRequest request, byte[] signature) {
    RecoveredWallet wallet =
        recovery.recover(request.canonical().getBytes(StandardCharsets.UTF_8), signature);
    return CompletableFuture.completedFuture(
        wallet == null
            ? new AuthOutcome.Refused(AuthOutcome.Reason.BAD_SIGNATURE)
            : new AuthOutcome.Accepted(WalletUser.of(receiver, wallet.wallet())));
  }

  /** Connects a new receiver. */
  RehearsalClient connect(int timeoutMillis) throws IOException {
    receiver = receiver + 1;
    return new RehearsalClient(clients.port(), timeoutMillis);
  }

  /** Publishes an event for the receiver. */
  void publish() throws InterruptedException {
    feed.publish(SENDER, receiver, ++events);
  }

  /** How many events were published. */
  long events() {
    return events;
  }

  /** Has a scrape walk over all meters. */
  void scrape() {
    registry.scrape();
  }

  @Override
  public void close() {
    feed.close();
    clients.close();
    dispatcher.close();
    registry.close();
  }
}
