package herald.gateway.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A line between a client and a server on 127.0.0.1 that a test can cut or make mute. While mute it
 * accepts and keeps connections, and passes nothing on in either direction: a half-open link.
 */
public final class TcpProxy implements AutoCloseable {
  private static final InetAddress LOCALHOST = InetAddress.getLoopbackAddress();

  private static final Filter ALL = (bytes, count, to) -> to.write(bytes, 0, count);

  private final Supplier<Filter> filters;
  private volatile int targetPort;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Object lock = new Object();
  private boolean mute;

  /** Passes on what a server sends on one connection, or not. One thread. */
  @FunctionalInterface
  public interface Filter {
    /** Takes the next bytes, and writes what the client is to get now. */
    void pass(byte[] bytes, int count, OutputStream to) throws IOException;
  }

  /** Begins to forward to a port of 127.0.0.1. */
  public TcpProxy(int targetPort) throws IOException {
    this(targetPort, () -> ALL);
  }

  /**
   * The same with something in the way of what the server sends.
   *
   * @param filters gives one for each connection
   */
  public TcpProxy(int targetPort, Supplier<Filter> filters) throws IOException {
    this.targetPort = targetPort;
    this.filters = filters;
    server = new ServerSocket(0, 128, LOCALHOST);
    daemon(this::accept);
  }

  /** Where to connect to instead of the server. */
  public int port() {
    return server.getLocalPort();
  }

  /** Sends connections from now on to another server of 127.0.0.1; open ones stay. */
  public void retarget(int port) {
    targetPort = port;
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        sockets.add(client);
        Socket target = new Socket();
        try {
          target.connect(new InetSocketAddress(LOCALHOST, targetPort));
        } catch (IOException e) {
          client.close();
          continue;
        }
        sockets.add(target);
        daemon(() -> pump(client, target, ALL));
        Filter filter = filters.get();
        daemon(() -> pump(target, client, filter));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void pump(Socket from, Socket to, Filter filter) {
    byte[] buffer = new byte[16 * 1024];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        awaitSound();
        filter.pass(buffer, count, out);
      }
    } catch (IOException | InterruptedException e) {
      // Cut.
    }
    sockets.remove(from);
    sockets.remove(to);
  }

  private void awaitSound() throws InterruptedException {
    synchronized (lock) {
      while (mute) {
        lock.wait();
      }
    }
  }

  /** Passes nothing on any more, and closes nothing. */
  public void mute() {
    synchronized (lock) {
      mute = true;
    }
  }

  /** Passes on again, also what has waited. */
  public void unmute() {
    synchronized (lock) {
      mute = false;
      lock.notifyAll();
    }
  }

  /** Closes all connections; new ones are accepted. */
  public void cut() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    unmute();
    cut();
  }
}
