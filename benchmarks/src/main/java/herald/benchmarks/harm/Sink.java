package herald.benchmarks.harm;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A server in the place of the gateway that accepts connections, reads, and answers nothing. */
final class Sink implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int BACKLOG = 1_000;

  private final ServerSocket server;

  /** Begins to accept on a port of 127.0.0.1. */
  Sink() throws IOException {
    server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "bench-sink");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        start(() -> read(socket));
      } catch (IOException e) {
        // Closed, or this one connection is gone.
      }
    }
  }

  private static void read(Socket socket) {
    try (socket;
        InputStream in = socket.getInputStream()) {
      byte[] buffer = new byte[BUFFER_BYTES];
      int read = in.read(buffer);
      while (read >= 0) {
        read = in.read(buffer);
      }
    } catch (IOException e) {
      // The client has gone with a reset.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
