package herald.gateway.rehearsal;

import herald.gateway.config.HostPort;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client of the rehearsal: one that signs, reads and answers pings as any other. One thread. */
final class RehearsalClient implements AutoCloseable {
  /**
   * Signed once and for all by a key that is nobody's, so that no key has to be loaded here. The
   * server that it is presented to has this moment for now.
   */
  private static final String SIGNED_PATH =
      "/comms/chats/ws?timestamp=1700000000000&signature="
          + "ScwUOzN4Z2A04cgC1UoWKe6COp2i%2B7yH%2FhPwwqVRaUpTtfWI3XvPWOBWM3DQ%2FgQCfJLdJHS1uRt7v"
          + "%2FCNERTiTQE%3D";

  static final long SIGNED_AT_MILLIS = 1_700_000_000_000L;

  private static final int OPCODE_TEXT = 1;
  private static final int OPCODE_CLOSE = 8;
  private static final int OPCODE_PING = 9;
  private static final int OPCODE_PONG = 10;
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int MASK_BYTES = 4;
  private static final int EXTENDED_16 = 126;
  private static final int EXTENDED_64 = 127;
  private static final int LONGEST_FRAME = 1 << 20;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final OutputStream out;

  /**
   * Connects and completes the handshake.
   *
   * @param timeoutMillis of each read
   */
  RehearsalClient(int port, int timeoutMillis) throws IOException {
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(timeoutMillis);
      socket.connect(new HostPort(Stage.HOST, port).resolve(), timeoutMillis);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      out = socket.getOutputStream();
      shakeHands();
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private void shakeHands() throws IOException {
    String request =
        "GET "
            + SIGNED_PATH
            + " HTTP/1.1\r\nHost: rehearsal\r\nUser-Agent: herald\r\n"
            + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    String status = line();
    if (!status.startsWith("HTTP/1.1 101")) {
      throw new IOException("the rehearsal's client was not let in");
    }
    while (!line().isEmpty()) {
      // A header.
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  /** Waits for the next event, and answers pings that come before it. */
  void awaitEvent() throws IOException {
    while (readFrame() != OPCODE_TEXT) {
      // Something else.
    }
  }

  /** Sends a ping and waits for the answer. */
  void ping() throws IOException {
    send(OPCODE_PING, new byte[] {1, 2, 3, 4});
    while (readFrame() != OPCODE_PONG) {
      // Something else.
    }
  }

  /** Reads one frame: RFC 6455, section 5.2. */
  private int readFrame() throws IOException {
    int opcode = in.readUnsignedByte() & 0x0F;
    long length = in.readUnsignedByte();
    if (length == EXTENDED_16) {
      length = in.readUnsignedShort();
    } else if (length == EXTENDED_64) {
      length = in.readLong();
    }
    if (length > LONGEST_FRAME || opcode == OPCODE_CLOSE) {
      throw new IOException("the rehearsal's client was sent what it does not expect");
    }
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    if (opcode == OPCODE_PING) {
      send(OPCODE_PONG, payload);
    }
    return opcode;
  }

  /** The mask is zero, so the bytes stay as they are. */
  private void send(int opcode, byte[] payload) throws IOException {
    byte[] frame = new byte[2 + MASK_BYTES + payload.length];
    frame[0] = (byte) (FINAL | opcode);
    frame[1] = (byte) (MASKED | payload.length);
    System.arraycopy(payload, 0, frame, 2 + MASK_BYTES, payload.length);
    out.write(frame);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
