package herald.demo.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds a port for a server that has to come back on the same one. */
final class FreePort {
  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 30_000;
  private static final int ATTEMPTS = 100;

  private FreePort() {}

  /**
   * A port that is free now and that the kernel gives to no outgoing connection. While the server
   * is down, a client that tries to reconnect could otherwise be given the very port as its own,
   * and find itself connected to itself.
   */
  static int belowTheEphemeralRange() throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        // Taken: the next one.
      }
    }
    throw new IOException(
        "no free port found between " + LOWEST + " and " + HIGHEST + " on the loopback address");
  }
}
