package herald.gateway.connection;

import herald.gateway.admission.WalletUser;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HostPort;
import herald.gateway.config.LimitSettings;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.MemoryLimits;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.RowOrder;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import herald.protocol.SignedRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** The clients' side of a gateway on a free port, without a database. */
final class BareServer implements AutoCloseable {
  /** Who is behind every signature. */
  static final int USER = 7;

  static final WalletUser WALLET_USER = WalletUser.of(USER, "0x" + "b".repeat(40));

  private static final long RETENTION_NANOS = TimeUnit.MINUTES.toNanos(10);

  final GatewayServer server;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Meters meters = new Meters(registry);
  final Supervisor supervisor = new Supervisor(meters.supervision(), System::nanoTime);
  final Dispatcher dispatcher;

  /** What an exchange between instances would be told. */
  final PositionJournal journal = new PositionJournal(true);

  /** A server that believes every signature. */
  BareServer(GatewayConfig config) throws IOException {
    this(
        config,
        (request, signature) ->
            CompletableFuture.completedFuture(new AuthOutcome.Accepted(WALLET_USER)));
  }

  BareServer(
      GatewayConfig config,
      BiFunction<SignedRequest, byte[], CompletionStage<AuthOutcome>> authenticator)
      throws IOException {
    dispatcher =
        new Dispatcher(
            new MemoryLimits(RETENTION_NANOS, 64 << 20, 0, 100_000),
            journal,
            meters,
            System::nanoTime,
            InstantSource.system(),
            supervisor);
    server =
        new GatewayServer(
            config,
            authenticator,
            dispatcher,
            request -> CompletableFuture.completedFuture(new Replay(List.of(), null)),
            meters,
            supervisor,
            System::nanoTime,
            InstantSource.system());
    server.start();
  }

  /** Defaults on a free port, without limits. */
  static GatewayConfig.Builder config() {
    HostPort anyPort = new HostPort("127.0.0.1", 0);
    return GatewayConfig.defaults(DatabaseUrl.parse("postgresql://nobody@127.0.0.1/none"))
        .toBuilder()
        .addresses(anyPort, anyPort)
        .admission(AdmissionSettings.of(LimitSettings.unlimited()));
  }

  int port() {
    return server.port();
  }

  /** A path that is let in. */
  static String path() {
    return "/comms/chats/ws?timestamp="
        + System.currentTimeMillis()
        + "&signature="
        + Base64.getEncoder().encodeToString(new byte[65]).replace("=", "%3D");
  }

  /** A request that is let in, with further header lines. */
  static String request(String... headers) {
    return "GET "
        + path()
        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + String.join("\r\n", headers)
        + (headers.length == 0 ? "" : "\r\n")
        + "\r\n";
  }

  /** Pushes an event with this text to everybody. */
  void publish(String text) throws InterruptedException {
    dispatcher.publish(
        List.of(
            new Event(
                EventEncoder.rpc(EventId.of(text, 0), "{\"name\":\"" + text + "\"}", 1, 0),
                Audience.of(USER),
                0,
                RowOrder.committedAt(0))));
  }

  /** How often a connection ended for this reason. */
  long ends(CloseReason reason) {
    return count("herald.connections.closed", "reason", reason.name());
  }

  /** How often a handshake was refused for this reason. */
  long rejections(RejectReason refusal) {
    return count("herald.handshakes", "outcome", refusal.name());
  }

  private long count(String name, String label, String value) {
    return (long) registry.get(name).tag(label, value.toLowerCase(Locale.ROOT)).counter().count();
  }

  @Override
  public void close() {
    server.close();
    dispatcher.close();
  }
}
