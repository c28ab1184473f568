package herald.gateway.connection;

/**
 * Why a handshake is refused: the status and the sentence that the client gets. The sentence is
 * fixed, so nothing of a request can come back in it.
 */
enum Refusal {
  NOT_FOUND("404 Not Found", "no such path", Pace.AT_ONCE),
  NOT_A_GET("405 Method Not Allowed", "only GET is served here", Pace.AT_ONCE),
  NOT_AN_UPGRADE("426 Upgrade Required", "this is a WebSocket endpoint", Pace.AT_ONCE),
  WRONG_VERSION("426 Upgrade Required", "only WebSocket version 13 is served", Pace.AT_ONCE),
  BAD_KEY("400 Bad Request", "Sec-WebSocket-Key is not 16 bytes in base64", Pace.AT_ONCE),
  HAS_BODY("400 Bad Request", "a handshake has no body", Pace.AT_ONCE),
  UNREADABLE("400 Bad Request", "the request can't be read", Pace.AT_ONCE),
  URL_TOO_LONG("414 URI Too Long", "the request line is too long", Pace.AT_ONCE),
  HEADERS_TOO_LARGE(
      "431 Request Header Fields Too Large", "the headers are too large", Pace.AT_ONCE),
  MALFORMED_QUERY("400 Bad Request", "the query can't be read", Pace.AT_ONCE),
  NO_SIGNATURE("400 Bad Request", "there is no signature", Pace.AT_ONCE),
  MALFORMED_SIGNATURE("400 Bad Request", "the signature is not 65 bytes in base64", Pace.AT_ONCE),
  NO_TIMESTAMP("400 Bad Request", "the timestamp is missing or no number", Pace.AT_ONCE),
  EXPIRED("400 Bad Request", "the timestamp is too far from now", Pace.AT_ONCE),
  MALFORMED_AFTER("400 Bad Request", "after is no time by RFC 3339", Pace.AT_ONCE),
  BAD_SIGNATURE("400 Bad Request", "the signature is not valid", Pace.AT_ONCE),
  UNKNOWN_WALLET("400 Bad Request", "the signer is not a user", Pace.AT_ONCE),
  OVERLOADED("503 Service Unavailable", "too many handshakes, try again", Pace.HELD),
  UNAVAILABLE("503 Service Unavailable", "users can't be looked up, try again", Pace.HELD),
  TOO_MANY_CONNECTIONS("503 Service Unavailable", "too many connections, try again", Pace.HELD),
  DRAINING("503 Service Unavailable", "the gateway is restarting, try again", Pace.AT_ONCE),
  /** Nothing is sent: a client that has been silent for so long gets the end it is waiting for. */
  TIMED_OUT("", "", Pace.AT_ONCE);

  /** When the answer goes out. */
  enum Pace {
    AT_ONCE,
    /**
     * After a while: the published client comes back at once whatever it is told, so holding its
     * socket is what slows it down.
     */
    HELD
  }

  private final String status;
  private final String sentence;
  private final Pace pace;

  Refusal(String status, String sentence, Pace pace) {
    this.status = status;
    this.sentence = sentence;
    this.pace = pace;
  }

  boolean isHeld() {
    return pace == Pace.HELD;
  }

  /** The whole answer. */
  String response() {
    String upgrade =
        status.startsWith("426") ? "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" : "";
    String allow = status.startsWith("405") ? "Allow: GET\r\n" : "";
    String retry = status.startsWith("503") ? "Retry-After: 5\r\n" : "";
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
