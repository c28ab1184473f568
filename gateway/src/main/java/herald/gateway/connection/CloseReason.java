package herald.gateway.connection;

/**
 * Why a connection ends: the close code of RFC 6455, section 7.4, the sentence that is sent with
 * it, and whether it makes sense for the client to reconnect. The published client ignores all
 * three and reconnects at once; other clients may use them.
 */
enum CloseReason {
  /** The client has sent a close frame; its code is sent back. */
  CLIENT_CLOSED(1000, "goodbye", Retry.UNKNOWN),
  /** This instance is being stopped. */
  DRAINED(1001, "the gateway is restarting, please come back", Retry.SENSIBLE),
  /** The connection has reached its maximum lifetime, which spreads load between instances. */
  LIFETIME_OVER(1001, "this connection is old, please come back", Retry.SENSIBLE),
  /** The client has broken the framing rules. */
  PROTOCOL_ERROR(1002, "protocol error", Retry.SENSELESS),
  /** A text message, or the reason of a close frame, is not UTF-8. */
  INVALID_TEXT(1007, "invalid UTF-8", Retry.SENSELESS),
  /** A message of the client has too many fragments. */
  TOO_MANY_FRAGMENTS(1008, "too many fragments", Retry.SENSELESS),
  /** The client sends more bytes or messages than it may. */
  TOO_MUCH_INBOUND(1008, "sending too much", Retry.SENSELESS),
  /** The user was deactivated or banned. */
  NOT_ALLOWED(1008, "this user may not connect any more", Retry.SENSELESS),
  /** The client has sent a message that is too large. */
  MESSAGE_TOO_BIG(1009, "message too big", Retry.SENSELESS),
  /** The client does not read as fast as events are written to it. */
  TOO_SLOW(1013, "reading too slowly, please come back", Retry.SENSIBLE),
  /** Nothing has come from the client for the idle timeout. */
  PING_TIMEOUT(0, "", Retry.UNKNOWN),
  /** The socket was closed without a close frame. */
  VANISHED(0, "", Retry.UNKNOWN),
  /** Reading or writing failed. */
  BROKEN(0, "", Retry.UNKNOWN),
  /** Something of the gateway's own threw an exception that concerns this connection alone. */
  FAILED(0, "", Retry.SENSIBLE);

  /** Whether it makes sense for the same client to reconnect. */
  enum Retry {
    SENSIBLE,
    SENSELESS,
    UNKNOWN
  }

  private final int code;
  private final String sentence;
  private final Retry retry;

  CloseReason(int code, String sentence, Retry retry) {
    this.code = code;
    this.sentence = sentence;
    this.retry = retry;
  }

  /** The close code; 0 if no close frame is sent. */
  int code() {
    return code;
  }

  /** The reason phrase of the close frame. */
  String sentence() {
    return sentence;
  }

  Retry retry() {
    return retry;
  }
}
