package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.HandshakeSettings;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Sockets that say nothing, or one byte a second, from a process of their own. */
class SilentSocketsIT {
  @Test
  void areAllClosedByTheDeadlineSetAtAccept() throws Exception {
    int sockets = Sizes.of(500, 10_000);
    int deadlineMillis = Sizes.of(3_000, 10_000);
    HandshakeSettings settings =
        HandshakeSettings.builder().deadline(Duration.ofMillis(deadlineMillis)).build();
    try (BareServer server = new BareServer(BareServer.config().handshakes(settings).build())) {
      Process clients =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  SilentSockets.class.getName(),
                  Integer.toString(server.port()),
                  Integer.toString(sockets),
                  Integer.toString(sockets / 2),
                  "60")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader out = clients.inputReader(StandardCharsets.US_ASCII)) {
        assertThat(out.readLine()).isEqualTo("connected");
        String[] end = out.readLine().split(" ", -1);
        assertThat(Integer.parseInt(end[0])).isEqualTo(sockets);
        Eventually.holds("none is open", 20, () -> server.server.openConnections() == 0);
        assertThat(server.rejections(RejectReason.TIMED_OUT)).isEqualTo(sockets);
        Sizes.figure(
            "%,d sockets, half silent, half one byte a second: all closed %s ms after the last"
                + " came, with a deadline of %d ms",
            sockets, end[1], deadlineMillis);
      } finally {
        clients.destroyForcibly();
      }
    }
  }
}
