package herald.benchmarks.harm;

import herald.benchmarks.clients.SeededWallets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.function.Supplier;

/** Opens a connection and asks for the upgrade, and closes the oldest of those that are open. */
final class HandshakeStep implements HarmStep {
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int TOO_MANY_BYTES = 40_000;
  private static final int AWAY_MINUTES = 30;

  private static final int OPEN_AT_ONCE = 20;
  private static final int HELD_AT_ONCE = 200;

  private final int port;
  private final Supplier<String> path;
  private final String headers;
  private final int most;
  private final ArrayDeque<Socket> open = new ArrayDeque<>();

  private HandshakeStep(int port, Supplier<String> path, String headers, int most) {
    this.most = most;
    this.port = port;
    this.path = path;
    this.headers = headers;
  }

  /** Each says that it has been away for half an hour. */
  static HandshakeStep replays(int port, String seed) {
    SeededWallets wallets = new SeededWallets(seed);
    return new HandshakeStep(
        port,
        () ->
            wallets.signedPath(
                0,
                System.currentTimeMillis(),
                Instant.now().minus(AWAY_MINUTES, ChronoUnit.MINUTES)),
        "",
        OPEN_AT_ONCE);
  }

  /** Each has more headers than the gateway takes. */
  static HandshakeStep largeHeaders(int port, String seed) {
    String path = new SeededWallets(seed).signedPath(0, System.currentTimeMillis());
    String headers = "Cookie: " + "x".repeat(TOO_MANY_BYTES) + "\r\n";
    return new HandshakeStep(port, () -> path, headers, HELD_AT_ONCE);
  }

  @Override
  public void harm() throws IOException {
    open.add(open(port, path.get(), headers));
    if (open.size() > most) {
      open.remove().close();
    }
  }

  /** Opens a connection and asks for the upgrade; a reset frees its port at the end. */
  static Socket open(int port, String path, String headers) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setSoLinger(true, 0);
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + headers
            + "\r\n";
    try {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return socket;
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }
}
