package herald.gateway.connection;

import herald.gateway.admission.OriginPolicy;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.fanout.Subscriber;
import herald.protocol.EventId;
import herald.protocol.GoIntegers;
import herald.protocol.MalformedRequestException;
import herald.protocol.SignatureText;
import herald.protocol.SignedRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An upgrade request that keeps the rules of RFC 6455, section 4.2.1, and of the contract; cheap
 * checks come before expensive ones. Knows no channel.
 */
final class UpgradeRequest {
  static final String PATH = "/comms/chats/ws";

  private static final String HTTP = "http://";
  private static final String HTTPS = "https://";

  private final SignedRequest request;
  private final byte[] signature;
  private final String webSocketKey;
  private final After after;

  private UpgradeRequest(
      SignedRequest request, byte[] signature, String webSocketKey, After after) {
    this.after = after;
    this.request = request;
    this.signature = signature;
    this.webSocketKey = webSocketKey;
  }

  /**
   * Up to where a client says that it has all events.
   *
   * @param micros microseconds since the epoch, or {@link Subscriber#NO_AFTER}
   * @param event null if it has named none
   */
  record After(long micros, @Nullable EventId event) {}

  /** A request that is rejected. Has no stack trace, since it is thrown for each bad request. */
  static final class RejectedException extends Exception {
    private static final long serialVersionUID = 1;

    private final RejectReason reason;

    RejectedException(RejectReason reason) {
      super(reason.name(), null, false, false);
      this.reason = reason;
    }

    RejectReason reason() {
      return reason;
    }
  }

  /**
   * Reads a request whose headers have been decoded within their bounds.
   *
   * @param nowMillis milliseconds since the epoch
   */
  static UpgradeRequest read(
      HttpRequest http, HandshakeSettings settings, OriginPolicy origins, long nowMillis)
      throws RejectedException {
    String uri = originForm(http.uri());
    int mark = uri.indexOf('?');
    String path = mark < 0 ? uri : uri.substring(0, mark);
    HttpHeaders headers = http.headers();
    require(headers.size() <= settings.maxHeaderCount(), RejectReason.TOO_MANY_HEADERS);
    require(path.equals(PATH), RejectReason.NOT_FOUND);
    String key = webSocketKey(http);
    // RFC 9112, section 3.2: a request has exactly one Host header.
    require(headers.getAll(HttpHeaderNames.HOST).size() == 1, RejectReason.UNREADABLE);
    require(origins.allows(headers.getAll(HttpHeaderNames.ORIGIN)), RejectReason.BAD_ORIGIN);
    SignedRequest request;
    try {
      request = SignedRequest.parse(path, mark < 0 ? "" : uri.substring(mark + 1));
    } catch (MalformedRequestException e) {
      throw new RejectedException(RejectReason.MALFORMED_QUERY);
    }
    checkTimestamp(request, settings.signatureLifeMillis(), nowMillis);
    return new UpgradeRequest(request, signature(request, headers), key, after(request));
  }

  /** The key of a request that is an upgrade by the rules of RFC 6455, section 4.2.1. */
  static String webSocketKey(HttpRequest http) throws RejectedException {
    HttpHeaders headers = http.headers();
    require(http.method().equals(HttpMethod.GET), RejectReason.NOT_A_GET);
    require(
        http.protocolVersion().equals(HttpVersion.HTTP_1_1)
            && hasToken(headers, HttpHeaderNames.UPGRADE, "websocket")
            && hasToken(headers, HttpHeaderNames.CONNECTION, "upgrade"),
        RejectReason.NOT_AN_UPGRADE);
    require(
        headers.contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13", false),
        RejectReason.WRONG_VERSION);
    require(
        !headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
            && (!headers.contains(HttpHeaderNames.CONTENT_LENGTH)
                || "0".equals(headers.get(HttpHeaderNames.CONTENT_LENGTH))),
        RejectReason.HAS_BODY);
    String key = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (key == null
        || !WebSocketKey.isValid(key)
        || headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY).size() != 1) {
      throw new RejectedException(RejectReason.BAD_KEY);
    }
    return key;
  }

  /**
   * The target of a request without scheme and host. Clients send these only to proxies, but a
   * server has to accept them too: RFC 9112, section 3.2.2.
   */
  private static String originForm(String target) {
    String lower = target.substring(0, Math.min(HTTPS.length(), target.length()));
    lower = lower.toLowerCase(Locale.ROOT);
    if (!lower.startsWith(HTTP) && !lower.startsWith(HTTPS)) {
      return target;
    }
    int authority = target.indexOf("//") + 2;
    int path = target.indexOf('/', authority);
    return path < 0 ? "/" : target.substring(path);
  }

  private static void require(boolean condition, RejectReason otherwise) throws RejectedException {
    if (!condition) {
      throw new RejectedException(otherwise);
    }
  }

  private static void checkTimestamp(SignedRequest request, long lifeMillis, long nowMillis)
      throws RejectedException {
    String text = request.parameter("timestamp");
    long timestampMillis;
    try {
      timestampMillis = GoIntegers.parseBase0(text == null ? "" : text);
    } catch (NumberFormatException e) {
      throw new RejectedException(RejectReason.NO_TIMESTAMP);
    }
    require(
        timestampMillis >= nowMillis - lifeMillis && timestampMillis <= nowMillis + lifeMillis,
        RejectReason.EXPIRED);
  }

  /**
   * Up to where the client says that it has all events: an event's id, or else a time of RFC 3339,
   * which has a colon.
   */
  private static After after(SignedRequest request) throws RejectedException {
    String text = request.parameter("after");
    if (text == null) {
      return new After(Subscriber.NO_AFTER, null);
    }
    if (text.indexOf(':') < 0) {
      EventId event = EventId.parse(text);
      if (event == null) {
        throw new RejectedException(RejectReason.MALFORMED_AFTER);
      }
      return new After(event.appliedAtMicros(), event);
    }
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      require(!time.isBefore(Instant.EPOCH), RejectReason.MALFORMED_AFTER);
      return new After(ChronoUnit.MICROS.between(Instant.EPOCH, time), null);
    } catch (DateTimeException | ArithmeticException e) {
      throw new RejectedException(RejectReason.MALFORMED_AFTER);
    }
  }

  private static byte[] signature(SignedRequest request, HttpHeaders headers)
      throws RejectedException {
    String header = headers.get("x-sig");
    String text = header == null || header.isEmpty() ? request.parameter("signature") : header;
    if (text == null || text.isEmpty()) {
      throw new RejectedException(RejectReason.NO_SIGNATURE);
    }
    byte[] signature = SignatureText.decode(text);
    if (signature == null) {
      throw new RejectedException(RejectReason.MALFORMED_SIGNATURE);
    }
    return signature;
  }

  private static boolean hasToken(HttpHeaders headers, CharSequence name, String token) {
    List<String> values = headers.getAll(name);
    for (String value : values) {
      for (String part : value.split(",", -1)) {
        if (part.trim().toLowerCase(Locale.ROOT).equals(token)) {
          return true;
        }
      }
    }
    return false;
  }

  /** What is signed. */
  SignedRequest request() {
    return request;
  }

  /** Up to where the client says that it has all events. */
  After after() {
    return after;
  }

  /** The signature, 65 bytes. */
  byte[] signature() {
    return signature;
  }

  /**
   * The response that makes this connection a WebSocket.
   *
   * @param setCookie the value of a Set-Cookie header; null for none
   */
  String response(@Nullable String setCookie) {
    return WebSocketKey.response(webSocketKey, setCookie);
  }

  /** Contains nothing of the request, so that no signature is ever logged. */
  @Override
  public String toString() {
    return "UpgradeRequest";
  }
}
