package herald.demo.scene;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.function.Consumer;

/** Finds an address to listen on when the one that was asked for is taken. */
final class FreeAddress {
  private static final int MAX_TRIES = 20;

  private FreeAddress() {}

  /**
   * The address that was asked for, or the same host with the next higher port that is free.
   *
   * @param progress told in one line when the port is another one
   * @throws IOException when none of the next ports is free, with a sentence that names the address
   */
  static InetSocketAddress near(InetSocketAddress wanted, Consumer<String> progress)
      throws IOException {
    IOException failure = null;
    for (int i = 0; i < MAX_TRIES && (i == 0 || wanted.getPort() != 0); i++) {
      InetSocketAddress address = new InetSocketAddress(wanted.getAddress(), wanted.getPort() + i);
      try (ServerSocket socket = new ServerSocket()) {
        socket.setReuseAddress(true);
        socket.bind(address);
        if (i > 0) {
          progress.accept(
              "port "
                  + wanted.getPort()
                  + " of "
                  + wanted.getHostString()
                  + " is taken; using port "
                  + address.getPort());
        }
        return address;
      } catch (IOException e) {
        failure = e;
      }
    }
    throw new IOException(
        "can't listen on "
            + wanted.getHostString()
            + ":"
            + wanted.getPort()
            + " or on one of the next ports: "
            + (failure == null ? "" : failure.getMessage())
            + " (expected: a free port on an address of this machine)",
        failure);
  }
}
