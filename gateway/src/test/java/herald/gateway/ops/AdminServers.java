package herald.gateway.ops;

import herald.gateway.config.AdminSettings;
import herald.gateway.config.DrainSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestGateway;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Admin addresses of gateways that are ready and have no clients; {@code /metrics} is figures. */
final class AdminServers {
  private AdminServers() {}

  /** Starts one on a free port of 127.0.0.1. */
  static AdminServer start(AdminSettings settings) throws IOException {
    return start(settings, new SimpleMeterRegistry());
  }

  /** The same with meters that the test looks at. */
  static AdminServer start(AdminSettings settings, SimpleMeterRegistry registry)
      throws IOException {
    Meters meters = new Meters(registry);
    GatewayConfig config =
        TestGateway.config("postgresql://nobody@127.0.0.1:1/none").toBuilder()
            .admin(settings)
            .build();
    AdminServer server =
        new AdminServer(
            config,
            new AdminPages(
                contentType -> "figures",
                () -> null,
                () -> {},
                new StatusReport(
                    DrainSettings.defaults(),
                    registry,
                    () -> "",
                    () -> "",
                    () -> CompletableFuture.completedFuture(List.of())),
                new UserReport(
                    user -> CompletableFuture.failedFuture(new IllegalStateException()),
                    () -> Instant.EPOCH)),
            meters.reloads(),
            new Supervisor(meters.supervision(), System::nanoTime));
    server.start();
    return server;
  }
}
