package herald.benchmarks.servers;

import java.io.IOException;
import java.net.ServerSocket;

/** Finds a port for a server that can't be told to choose one itself and say which. */
final class FreePort {
  private FreePort() {}

  /** A port that is free now. */
  static int any() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
