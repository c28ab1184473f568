package herald.gateway.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A socket that sends whatever bytes a test likes, and reads under a deadline. It knows no
 * WebSocket: for a client that does, see {@link TestClient}.
 */
public final class RawSocket implements AutoCloseable {
  private static final int DEADLINE_MILLIS = 20_000;
  private static final int CONNECT_MILLIS = 5_000;

  private final Socket socket;

  /** Takes over a socket that is connected. */
  public RawSocket(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(DEADLINE_MILLIS);
  }

  /** Connects to 127.0.0.1. */
  public static RawSocket connect(int port) throws IOException {
    return connect(port, "127.0.0.1");
  }

  /** Connects to 127.0.0.1 from this loopback address. */
  public static RawSocket connect(int port, String source) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getAllByName(source)[0], 0));
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return new RawSocket(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends text as Latin-1. */
  public void send(String latin) throws IOException {
    send(latin.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes. */
  public void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** Reads the head of an HTTP answer and returns its status. */
  public int status() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("the end came before the end of the head: " + head);
      }
      head.write(b);
    }
    return Integer.parseInt(head.toString(StandardCharsets.ISO_8859_1).split(" ", 3)[1]);
  }

  /** Reads until the other side ends, and returns what came as Latin-1; a reset is an end too. */
  public String readToEnd() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[64 * 1024];
    try {
      for (int n = socket.getInputStream().read(piece);
          n >= 0;
          n = socket.getInputStream().read(piece)) {
        all.write(piece, 0, n);
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection is still open", e);
    } catch (IOException e) {
      // Reset, after whatever came before.
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /** The socket itself, for tests that misuse it. */
  public Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
