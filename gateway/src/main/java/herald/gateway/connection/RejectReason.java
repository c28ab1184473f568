package herald.gateway.connection;

import herald.gateway.admission.Limit;
import herald.gateway.auth.AuthOutcome;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/**
 * Why a handshake is rejected: the status and the sentence that the client gets. The sentence is
 * fixed, so nothing of a request can be reflected in it.
 */
enum RejectReason {
  NOT_FOUND("404 Not Found", "no such path", Pace.HELD),
  NOT_A_GET("405 Method Not Allowed", "only GET is served here", Pace.HELD),
  NOT_AN_UPGRADE("426 Upgrade Required", "this is a WebSocket endpoint", Pace.HELD),
  WRONG_VERSION("426 Upgrade Required", "only WebSocket version 13 is served", Pace.HELD),
  BAD_KEY("400 Bad Request", "Sec-WebSocket-Key is not 16 bytes in base64", Pace.HELD),
  HAS_BODY("400 Bad Request", "a handshake is one request without a body", Pace.HELD),
  UNREADABLE("400 Bad Request", "the request can't be read", Pace.HELD),
  URL_TOO_LONG("414 URI Too Long", "the request line is too long", Pace.HELD),
  HEADERS_TOO_LARGE("431 Request Header Fields Too Large", "the headers are too large", Pace.HELD),
  TOO_MANY_HEADERS("431 Request Header Fields Too Large", "there are too many headers", Pace.HELD),
  BAD_ORIGIN("403 Forbidden", "pages of this origin may not connect", Pace.HELD),
  MALFORMED_QUERY("400 Bad Request", "the query can't be read", Pace.HELD),
  NO_SIGNATURE("400 Bad Request", "there is no signature", Pace.HELD),
  MALFORMED_SIGNATURE("400 Bad Request", "the signature is not 65 bytes in base64", Pace.HELD),
  NO_TIMESTAMP("400 Bad Request", "the timestamp is missing or no number", Pace.HELD),
  EXPIRED("400 Bad Request", "the timestamp is too far from now", Pace.HELD),
  MALFORMED_AFTER("400 Bad Request", "after is no time by RFC 3339", Pace.HELD),
  BAD_SIGNATURE("400 Bad Request", "the signature is not valid", Pace.HELD),
  UNKNOWN_WALLET("400 Bad Request", "the signer is not a user", Pace.HELD),
  /** A signature that is reused; the metric has called it so since its first version. */
  REPLAYED("400 Bad Request", "this signed URL has been used", Pace.HELD),
  OVERLOADED("503 Service Unavailable", "too many signatures wait, try again", Pace.HELD),
  UNAVAILABLE("503 Service Unavailable", "users can't be looked up, try again", Pace.HELD),
  LOOP_BEHIND("503 Service Unavailable", "the gateway is behind, try again", Pace.HELD),
  TOO_MANY_CONNECTIONS("503 Service Unavailable", "too many connections, try again", Pace.HELD),
  TOO_MANY_HANDSHAKES("503 Service Unavailable", "too many handshakes, try again", Pace.HELD),
  TOO_MANY_OF_ADDRESS("429 Too Many Requests", "too many connections from one address", Pace.HELD),
  TOO_FAST_FROM_ADDRESS("429 Too Many Requests", "too many handshakes from one address", Pace.HELD),
  TOO_MANY_OF_USER("429 Too Many Requests", "too many connections of one user", Pace.HELD),
  DRAINING("503 Service Unavailable", "the gateway is restarting, try again", Pace.AT_ONCE),
  /** Nothing is sent: a client that does not speak TLS can't be told anything. */
  BAD_TLS("", "", Pace.AT_ONCE),
  /** Nothing is sent: it would only reach the proxy, whose configuration is wrong. */
  BAD_PROXY_HEADER("", "a trusted proxy sends no PROXY header that can be read", Pace.AT_ONCE),
  /** Nothing is sent: the client has been silent for too long to expect an answer. */
  TIMED_OUT("", "", Pace.AT_ONCE);

  /** When the answer is sent. */
  enum Pace {
    AT_ONCE,
    /**
     * After a while, if there is room to hold the socket. The published client reconnects at once
     * whatever the answer is, and what is wrong with its request, such as too many cookies, is
     * wrong the next time too; holding its socket is what slows it down.
     */
    HELD
  }

  private final String status;
  private final String sentence;
  private final Pace pace;

  RejectReason(String status, String sentence, Pace pace) {
    this.status = status;
    this.sentence = sentence;
    this.pace = pace;
  }

  /** The reason for a client that is over a limit. */
  static RejectReason of(Limit limit) {
    return switch (limit) {
      case CONNECTIONS -> TOO_MANY_CONNECTIONS;
      case CONNECTIONS_OF_ADDRESS -> TOO_MANY_OF_ADDRESS;
      case CONNECTIONS_OF_USER -> TOO_MANY_OF_USER;
      case HANDSHAKES_OF_ADDRESS -> TOO_FAST_FROM_ADDRESS;
      case HANDSHAKES -> TOO_MANY_HANDSHAKES;
    };
  }

  /** The reason for a request whose headers can't be decoded. */
  static RejectReason ofUnreadable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return URL_TOO_LONG;
    }
    return cause instanceof TooLongHttpHeaderException ? HEADERS_TOO_LARGE : UNREADABLE;
  }

  /** The reason for a request that is not authenticated. */
  static RejectReason of(AuthOutcome.Reason reason) {
    return switch (reason) {
      case BAD_SIGNATURE -> BAD_SIGNATURE;
      case UNKNOWN_WALLET -> UNKNOWN_WALLET;
      case REUSED -> REPLAYED;
      case OVERLOADED -> OVERLOADED;
      case UNAVAILABLE -> UNAVAILABLE;
    };
  }

  boolean isHeld() {
    return pace == Pace.HELD;
  }

  /** Whether the operator should know: it shows a limit, an overload or a wrong configuration. */
  boolean isLogged() {
    return (isTemporary() && this != DRAINING) || this == BAD_PROXY_HEADER;
  }

  /** Whether the same request may succeed later. */
  private boolean isTemporary() {
    return status.startsWith("503") || status.startsWith("429");
  }

  /**
   * The code by which a WebSocket is closed for this reason; 0 if the request is no upgrade that
   * could be answered by one. Clients decide by the code, so it tells more than the status: whether
   * signing anew helps (4401), or nothing that the client can do (4403).
   */
  int closeCode() {
    return switch (this) {
      case NO_SIGNATURE, EXPIRED, BAD_SIGNATURE, REPLAYED -> 4401;
      case UNKNOWN_WALLET, BAD_ORIGIN -> 4403;
      case NOT_FOUND -> 4404;
      case MALFORMED_QUERY, MALFORMED_SIGNATURE, NO_TIMESTAMP, MALFORMED_AFTER -> 4400;
      case TOO_MANY_OF_ADDRESS, TOO_FAST_FROM_ADDRESS, TOO_MANY_OF_USER -> 4429;
      case OVERLOADED,
          UNAVAILABLE,
          LOOP_BEHIND,
          TOO_MANY_CONNECTIONS,
          TOO_MANY_HANDSHAKES,
          DRAINING ->
          4503;
      case NOT_A_GET,
          NOT_AN_UPGRADE,
          WRONG_VERSION,
          BAD_KEY,
          HAS_BODY,
          UNREADABLE,
          URL_TOO_LONG,
          HEADERS_TOO_LARGE,
          TOO_MANY_HEADERS,
          BAD_TLS,
          BAD_PROXY_HEADER,
          TIMED_OUT ->
          0;
    };
  }

  /** What the client is told, in one sentence. */
  String sentence() {
    return sentence;
  }

  /** Whether the client is sent an answer before the socket is closed. */
  boolean hasResponse() {
    return !status.isEmpty();
  }

  /** The whole HTTP response. */
  String response() {
    String upgrade =
        status.startsWith("426") ? "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" : "";
    String allow = status.startsWith("405") ? "Allow: GET\r\n" : "";
    String retry = isTemporary() ? "Retry-After: 5\r\n" : "";
    return "HTTP/1.1 "
        + status
        + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
        + (sentence.length() + 1)
        + "\r\nConnection: close\r\n"
        + upgrade
        + allow
        + retry
        + "\r\n"
        + sentence
        + "\n";
  }
}
