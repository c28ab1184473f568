package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The packaged gateway when clients have taken all of its file descriptors. */
final class DescriptorsIT {
  private static final int OPEN_FILES = 256;
  private static final int SOCKETS = 400;

  /** More than are held in reserve: each has to be taken again. */
  private static final int PROBES = 50;

  private static final Path LAUNCHER = Path.of("target/herald/bin/herald").toAbsolutePath();
  private static final String FAILURES = "herald_connections_accept_failures_total";

  private static void open(int port, List<Socket> sockets) throws IOException {
    for (int i = 0; i < SOCKETS; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
  }

  private static double failures(GatewayProcess gateway) {
    try {
      return gateway.metric(FAILURES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void operatorsAreAnsweredWhenClientsHaveTakenThemAll() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Platform platform = new Platform(database.dataSource());
    SecureRandom random = new SecureRandom();
    WalletKey writerKey = WalletKey.random(random);
    WalletKey readerKey = WalletKey.random(random);
    PlatformUser writer = new PlatformUser(1, "writer", writerKey.wallet());
    PlatformUser reader = new PlatformUser(2, "reader", readerKey.wallet());
    new Community(database.dataSource()).createUsers(List.of(writer, reader));
    String chat = platform.createChat(writer, reader).subjectId();
    Map<String, String> options =
        Map.of("JAVA_HOME", System.getProperty("java.home"), "HERALD_HANDSHAKE_DEADLINE", "10m");
    List<Socket> sockets = new ArrayList<>();
    try (GatewayProcess gateway =
        GatewayProcess.serve(OPEN_FILES, LAUNCHER, database.url(), options).awaitReady()) {
      try {
        open(gateway.port(), sockets);
        Eventually.holds("descriptors are exhausted", 60, () -> failures(gateway) > 0);
        long beganNanos = System.nanoTime();
        double failuresBefore = failures(gateway);
        for (int i = 0; i < PROBES; i++) {
          assertThat(gateway.status("/livez")).as("probe %d", i).isEqualTo(200);
          assertThat(gateway.status("/metrics")).as("scrape %d", i).isEqualTo(200);
        }
        Eventually.holds("it is tried again", 60, () -> failures(gateway) > failuresBefore + 2);
        double more = failures(gateway) - failuresBefore;
        double seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNanos) + 1;
        assertThat(more).as("in %.0f s", seconds).isLessThanOrEqualTo(seconds + 1);
        long lines =
            gateway.output().lines().filter(line -> line.contains("no client can be")).count();
        assertThat(lines).isBetween(1L, 2 + (long) seconds / 10);
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
      try (TestClient client = TestClient.connect(gateway.port(), readerKey)) {
        String message = platform.message(writer, chat, "here again").subjectId();
        client.awaitMessage(message);
      }
    }
  }
}
