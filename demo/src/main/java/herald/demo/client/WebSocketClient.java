package herald.demo.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A plain WebSocket client on a blocking socket, as small as it can be: one thread reads, and
 * answers pings as every client does. For the demo, the tests and nobody's production.
 */
public final class WebSocketClient implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  private static final InetAddress LOCALHOST = InetAddress.getLoopbackAddress();
  private static final String SET_COOKIE = "Set-Cookie: ";
  private static final int OPCODE_TEXT = 1;
  private static final int OPCODE_CLOSE = 8;
  private static final int OPCODE_PING = 9;
  private static final int OPCODE_PONG = 10;
  private static final int MAX_HEADER_BYTES = 16 * 1024;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private int closeCode;
  private long pingsAnswered;
  private String setCookie = "";

  private WebSocketClient(Socket socket) throws IOException {
    this.socket = socket;
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = socket.getOutputStream();
  }

  /** The handshake was answered with another status than 101. */
  public static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    RefusedException(int status, String statusLine) {
      super("refused: " + statusLine);
      this.status = status;
    }

    /** The HTTP status. */
    public int status() {
      return status;
    }
  }

  /**
   * Connects to 127.0.0.1 and does the handshake.
   *
   * @param path with its query
   * @throws RefusedException when the server does not upgrade
   */
  public static WebSocketClient connect(int port, String path) throws IOException {
    return connect(port, path, 0);
  }

  /**
   * The same with a bound on what the kernel holds while nobody reads.
   *
   * @param receiveBufferBytes 0 leaves it to the kernel
   */
  public static WebSocketClient connect(int port, String path, int receiveBufferBytes)
      throws IOException {
    return connect(port, path, receiveBufferBytes, "");
  }

  /**
   * The same with a cookie, as browsers send it.
   *
   * @param cookie as {@link #cookie} of an earlier connection gave it; empty for none
   */
  public static WebSocketClient connect(int port, String path, String cookie) throws IOException {
    return connect(port, path, 0, cookie);
  }

  /**
   * The same with a receive buffer of this size.
   *
   * @param receiveBufferBytes 0 for the system's own
   */
  public static WebSocketClient connect(
      int port, String path, int receiveBufferBytes, String cookie) throws IOException {
    return connect(port, path, receiveBufferBytes, cookie, "");
  }

  /**
   * The same as another kind of client.
   *
   * @param userAgent the name of the program; empty for none
   */
  public static WebSocketClient connect(
      int port, String path, int receiveBufferBytes, String cookie, String userAgent)
      throws IOException {
    Socket socket = new Socket();
    try {
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      socket.connect(new InetSocketAddress(LOCALHOST, port), CONNECT_TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      WebSocketClient client = new WebSocketClient(socket);
      client.upgrade(port, path, cookie, userAgent);
      return client;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void upgrade(int port, String path, String cookie, String userAgent) throws IOException {
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: 127.0.0.1:"
            + port
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
            + (cookie.isEmpty() ? "" : "Cookie: " + cookie + "\r\n")
            + (userAgent.isEmpty() ? "" : "User-Agent: " + userAgent + "\r\n")
            + "\r\n";
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    String statusLine = readHeaderLine();
    for (String line = readHeaderLine(); !line.isEmpty(); line = readHeaderLine()) {
      // Some proxies write the names of headers in lower case.
      if (line.regionMatches(true, 0, SET_COOKIE, 0, SET_COOKIE.length())) {
        setCookie = line.substring(SET_COOKIE.length());
      }
    }
    String[] parts = statusLine.split(" ", 3);
    int status = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
    if (status != 101) {
      throw new RefusedException(status, statusLine);
    }
  }

  /** The cookie that the server has set, as {@code name=value}; empty if it has set none. */
  public String cookie() {
    return setCookie.split(";", 2)[0];
  }

  /** The whole value of the server's Set-Cookie header; empty if there was none. */
  public String setCookie() {
    return setCookie;
  }

  private String readHeaderLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
      if (b != '\r') {
        line.write(b);
      }
      if (line.size() > MAX_HEADER_BYTES) {
        throw new IOException("a header line is longer than " + MAX_HEADER_BYTES + " bytes");
      }
    }
    return line.toString(StandardCharsets.US_ASCII);
  }

  /**
   * The next text message; answers pings on the way, and a close frame.
   *
   * @return null when the connection has ended
   */
  public @Nullable String read() throws IOException {
    try {
      while (true) {
        int opcode = in.readUnsignedByte() & 0x0F;
        byte[] payload = in.readNBytes(readLength());
        switch (opcode) {
          case OPCODE_TEXT -> {
            return new String(payload, StandardCharsets.UTF_8);
          }
          case OPCODE_PING -> {
            send(OPCODE_PONG, payload);
            pingsAnswered++;
          }
          case OPCODE_CLOSE -> {
            closeCode = payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
            send(OPCODE_CLOSE, payload.length < 2 ? new byte[0] : payload);
            socket.close();
            return null;
          }
          default -> {
            // A pong to a ping of ours, or nothing that this server sends.
          }
        }
      }
    } catch (EOFException e) {
      return null;
    }
  }

  private int readLength() throws IOException {
    int length = in.readUnsignedByte() & 0x7F;
    return length == 126
        ? in.readUnsignedShort()
        : length == 127 ? Math.toIntExact(in.readLong()) : length;
  }

  /** Sends a text message. Any thread. */
  public void sendText(String text) throws IOException {
    send(OPCODE_TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends one frame, masked as a client has to (RFC 6455, section 5.3). */
  private synchronized void send(int opcode, byte[] payload) throws IOException {
    byte[] mask = new byte[4];
    ThreadLocalRandom.current().nextBytes(mask);
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) (0x80 | opcode));
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length <= 0xFFFF) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    frame.put(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ mask[i & 3]));
    }
    out.write(frame.array(), 0, frame.position());
  }

  /** Sends a close frame with a code; {@link #read} then gets the answer. */
  public void sendClose(int code) throws IOException {
    send(OPCODE_CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
  }

  /** The code of the server's close frame; 0 if none has come. */
  public int closeCode() {
    return closeCode;
  }

  /** How many pings {@link #read} has answered. The thread that reads. */
  public long pingsAnswered() {
    return pingsAnswered;
  }

  /** The socket itself, for who wants to treat it badly. */
  public Socket socket() {
    return socket;
  }

  /** Closes the socket without a word. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
