package herald.gateway.connection;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The key that a client sends with its upgrade, and the answer to it: RFC 6455, section 4.2.2. */
final class WebSocketKey {
  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int LENGTH = 24;
  private static final int BYTES = 16;

  private WebSocketKey() {}

  /** Whether it is 16 bytes in base64. */
  static boolean isValid(String key) {
    if (key.length() != LENGTH) {
      return false;
    }
    try {
      return Base64.getDecoder().decode(key).length == BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The value of the accept header. The RFC prescribes SHA-1; no secret depends on it. */
  static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no SHA-1, which every JVM must have", e);
    }
  }

  /**
   * The response that makes the connection a WebSocket.
   *
   * @param setCookie the value of a Set-Cookie header; null for none
   */
  static String response(String key, @Nullable String setCookie) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: "
        + accept(key)
        + (setCookie == null ? "" : "\r\nSet-Cookie: " + setCookie)
        + "\r\n\r\n";
  }
}
