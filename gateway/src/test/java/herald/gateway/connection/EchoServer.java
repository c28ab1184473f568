package herald.gateway.connection;

import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HostPort;
import herald.gateway.config.InboundSettings;
import herald.gateway.config.LimitSettings;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.MemoryLimits;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The clients' side of a gateway as it is in production, without a database: whoever signs anything
 * is let in. Each channel of it has an {@link EchoTap} in front.
 */
final class EchoServer implements AutoCloseable {
  private static final long MINUTE_NANOS = 60_000_000_000L;

  private final Dispatcher dispatcher;
  private final GatewayServer server;

  EchoServer(ConnectionSettings settings) throws IOException {
    Meters meters = new Meters(new SimpleMeterRegistry());
    Supervisor supervisor = new Supervisor(meters.supervision(), System::nanoTime);
    dispatcher =
        new Dispatcher(
            new MemoryLimits(MINUTE_NANOS, 1 << 20, MINUTE_NANOS, 1_000),
            new PositionJournal(false),
            meters,
            System::nanoTime,
            InstantSource.system(),
            supervisor);
    HostPort anyPort = new HostPort("127.0.0.1", 0);
    GatewayConfig config =
        GatewayConfig.defaults(DatabaseUrl.parse("postgresql://nobody@127.0.0.1/none")).toBuilder()
            .addresses(anyPort, anyPort)
            .connections(settings)
            .inbound(InboundSettings.unlimited())
            .admission(AdmissionSettings.of(LimitSettings.unlimited()))
            .build();
    server =
        new GatewayServer(
            config,
            (request, signature) ->
                CompletableFuture.completedFuture(new AuthOutcome.Accepted(Wire.WALLET_USER)),
            dispatcher,
            request -> new CompletableFuture<>(),
            meters,
            supervisor,
            System::nanoTime,
            InstantSource.system());
    server.start();
    Extension.MAX_MESSAGE_BYTES.put(server.port(), settings.maxMessageBytes());
  }

  int port() {
    return server.port();
  }

  int openConnections() {
    return server.openConnections();
  }

  @Override
  public void close() {
    Extension.MAX_MESSAGE_BYTES.remove(server.port());
    server.close();
    dispatcher.close();
  }

  /**
   * How the tap gets into the pipeline without the server knowing: Netty finds this as a service
   * where the system property {@code io.netty.bootstrap.extensions} is {@code serviceload}.
   */
  public static final class Extension extends ChannelInitializerExtension {
    private static final Map<Integer, Integer> MAX_MESSAGE_BYTES = new ConcurrentHashMap<>();

    @Override
    public void postInitializeServerChildChannel(Channel channel) {
      if (channel.localAddress() instanceof InetSocketAddress local) {
        Integer maxMessageBytes = MAX_MESSAGE_BYTES.get(local.getPort());
        if (maxMessageBytes != null) {
          channel.pipeline().addFirst(new EchoTap(maxMessageBytes));
        }
      }
    }
  }
}
