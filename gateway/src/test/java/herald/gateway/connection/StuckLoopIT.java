package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.DrainSettings;
import herald.gateway.config.TransportKind;
import herald.gateway.config.TransportSettings;
import herald.gateway.testing.RawSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An event loop that stands still keeps its own clients waiting, and not the operator. */
class StuckLoopIT {
  private final CountDownLatch stands = new CountDownLatch(1);
  private volatile boolean mayGo;
  private long turns;

  /** Turns on the spot: a call that blocks an event loop is found out and fails all tests. */
  private void standStill() {
    stands.countDown();
    while (!mayGo) {
      turns++;
    }
  }

  @Test
  void aDrainEndsAndTheStatusIsGivenThoughTheOnlyLoopStandsStill() throws Exception {
    try (BareServer server =
            new BareServer(
                BareServer.config()
                    .transport(new TransportSettings(TransportKind.AUTO, 1, true))
                    .build(),
                (request, signature) -> {
                  standStill();
                  return new CompletableFuture<>();
                });
        RawSocket client = RawSocket.connect(server.port())) {
      client.send(BareServer.request());
      assertThat(stands.await(20, TimeUnit.SECONDS)).isTrue();
      try {
        assertThat(server.server.slowest().toCompletableFuture().get(20, TimeUnit.SECONDS))
            .isEmpty();
        server
            .server
            .drain(
                DrainSettings.immediate()
                    .confirmTimeout(Duration.ofMillis(100))
                    .timeout(Duration.ofMillis(500))
                    .build())
            .get(20, TimeUnit.SECONDS);
        assertThat(server.server.openConnections()).isEqualTo(1);
        assertThat(turns).isPositive();
      } finally {
        mayGo = true;
      }
    }
  }
}
