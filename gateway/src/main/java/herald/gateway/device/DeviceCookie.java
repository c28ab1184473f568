package herald.gateway.device;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The cookie by which a device is known again (RFC 6265). Its value is a random number and holds
 * nothing else. Each handshake renews it, and it outlives the connection: a client whose cookie
 * expired while it was connected would come back as another device. Any thread.
 */
public final class DeviceCookie {
  /** How long a client keeps the cookie after its last handshake. */
  public static final Duration MAX_AGE = Duration.ofDays(30);

  private static final long ADDRESS_MASK = 0xffff;
  private static final int SECRET_BYTES = 32;
  private static final int VALUE_BYTES = 16;
  private static final int VALUE_CHARS = 22;

  /**
   * What a client sends in the same way each time, and differs between kinds of clients. The
   * address is not among them: it changes when a phone moves.
   */
  private static final List<String> STABLE_HEADERS =
      List.of("user-agent", "origin", "accept-language", "sec-ch-ua", "sec-ch-ua-platform");

  private final String name;
  private final String path;

  /**
   * A value is a digest of this secret and a number that is used once. A random generator of the
   * JDK would have a lock, and may read a file, on an event loop.
   */
  private final byte[] secret = new byte[SECRET_BYTES];

  private final AtomicLong lastNumber = new AtomicLong();

  /**
   * @param name the cookie's name; empty if none is to be set
   * @param path the path of the WebSocket endpoint, to which alone the client sends it
   */
  public DeviceCookie(String name, String path) {
    this.name = name;
    this.path = path;
    new SecureRandom().nextBytes(secret);
  }

  /**
   * What a handshake says about its device.
   *
   * @param device who it is
   * @param setCookie the value of the Set-Cookie header of the answer; null if cookies are off
   */
  public record Recognized(Device device, @Nullable String setCookie) {}

  /**
   * Recognizes the device of a handshake, and gives it a cookie or renews the one that it has.
   *
   * @param address the client's
   * @param isSecure whether the client came over TLS, here or at a proxy that is believed
   */
  public Recognized recognize(HttpHeaders headers, InetAddress address, boolean isSecure) {
    long headersKey = headersKey(headers);
    // Few bits: a digest of an address can be undone by trying all addresses.
    long addressKey = 1 + (key(address.getAddress()) & ADDRESS_MASK);
    if (name.isEmpty()) {
      return new Recognized(new Device(Device.NONE, headersKey, addressKey, false), null);
    }
    String value = value(headers.getAll(HttpHeaderNames.COOKIE));
    boolean hasReturnedCookie = value != null;
    String valid = value == null ? newValue() : value;
    return new Recognized(
        new Device(key(bytes(valid)), headersKey, addressKey, hasReturnedCookie),
        setCookie(valid, isSecure));
  }

  /** The first value of the cookie that one of ours can have; null if there is none. */
  private @Nullable String value(List<String> cookieHeaders) {
    for (String header : cookieHeaders) {
      // Pair by pair in place: a header of thousands of tiny cookies must not cost as many strings.
      for (int from = 0; from < header.length(); ) {
        int semicolon = header.indexOf(';', from);
        int to = semicolon < 0 ? header.length() : semicolon;
        String value = value(header, from, to);
        if (value != null) {
          return value;
        }
        from = to + 1;
      }
    }
    return null;
  }

  /** The value of the pair between these places; null if the pair is not ours. */
  private @Nullable String value(String header, int from, int to) {
    int start = from;
    while (start < to && Character.isWhitespace(header.charAt(start))) {
      start++;
    }
    if (!header.startsWith(name, start)) {
      return null;
    }
    String rest = header.substring(Math.min(to, start + name.length()), to).strip();
    if (!rest.startsWith("=")) {
      return null;
    }
    String value = rest.substring(1).strip();
    return isOurs(value) ? value : null;
  }

  private static boolean isOurs(String value) {
    if (value.length() != VALUE_CHARS) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= 128 || !(Character.isLetterOrDigit(c) || c == '-' || c == '_')) {
        return false;
      }
    }
    return true;
  }

  private String newValue() {
    ByteBuffer unique = ByteBuffer.allocate(SECRET_BYTES + Long.BYTES);
    unique.put(secret).putLong(lastNumber.incrementAndGet());
    byte[] value = Arrays.copyOf(sha256(unique.array()), VALUE_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
  }

  /**
   * Over TLS the cookie is also sent when page and gateway are of different sites, and is kept
   * apart for each site that embeds one. Without TLS browsers take no such cookie.
   */
  private String setCookie(String value, boolean isSecure) {
    return name
        + "="
        + value
        + "; Path="
        + path
        + "; Max-Age="
        + MAX_AGE.toSeconds()
        + "; HttpOnly; "
        + (isSecure ? "Secure; SameSite=None; Partitioned" : "SameSite=Lax");
  }

  private static long headersKey(HttpHeaders headers) {
    StringBuilder text = new StringBuilder();
    for (String header : STABLE_HEADERS) {
      String value = headers.get(header);
      text.append(value == null ? "" : value).append('\n');
    }
    return text.length() == STABLE_HEADERS.size() ? Device.NONE : key(bytes(text.toString()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The first 64 bits of a SHA-256, never {@link Device#NONE}. */
  private static long key(byte[] bytes) {
    long key = ByteBuffer.wrap(sha256(bytes)).getLong();
    return key == Device.NONE ? 1 : key;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no SHA-256, which every JVM must have", e);
    }
  }
}
