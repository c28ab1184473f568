package herald.benchmarks.harm;

import herald.benchmarks.clients.SeededWallets;
import java.io.IOException;
import java.net.Socket;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends an event to a connection that reads less than it gets, or nothing at all. When the gateway
 * lets the connection go, it comes back.
 */
final class UnreadStep implements HarmStep {
  /** User 0 writes to user 1. */
  private static final int READER = 1;

  private static final long LIFE_NANOS = 15_000_000_000L;

  private final int port;
  private final SeededWallets wallets;
  private final RowStep writer;
  private final int readBytes;
  private @Nullable Socket socket;
  private long openedAtNanos;

  /**
   * @param writer sends an event
   * @param readBytes after each event; 0 for none
   */
  UnreadStep(int port, String seed, RowStep writer, int readBytes) {
    this.port = port;
    wallets = new SeededWallets(seed);
    this.writer = writer;
    this.readBytes = readBytes;
  }

  @Override
  public void harm() throws IOException, SQLException {
    // One that does not read does not notice its end either.
    if (socket == null || (readBytes == 0 && System.nanoTime() - openedAtNanos > LIFE_NANOS)) {
      reconnect();
    }
    writer.harm();
    Socket open = socket;
    if (open != null && readBytes > 0) {
      try {
        if (open.getInputStream().read(new byte[readBytes]) < 0) {
          throw new IOException("the gateway has closed the connection");
        }
      } catch (IOException e) {
        reconnect();
      }
    }
  }

  private void reconnect() throws IOException {
    closeSocket();
    socket = HandshakeStep.open(port, wallets.signedPath(READER, System.currentTimeMillis()), "");
    openedAtNanos = System.nanoTime();
  }

  private void closeSocket() throws IOException {
    Socket open = socket;
    socket = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() throws IOException, SQLException {
    writer.close();
    closeSocket();
  }
}
