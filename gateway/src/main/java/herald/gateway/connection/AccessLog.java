package herald.gateway.connection;

import herald.gateway.logging.Logs;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line for each connection at its end: who it was, what it was sent and why it ended.
 * The line is handed to a thread that writes it, so the event loop waits for nobody. It has nothing
 * of the request but what the gateway has found out from it. At debug, the beginning has a line in
 * the ordinary log.
 */
final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger(Logs.ACCESS);
  private static final Logger DECISIONS = LoggerFactory.getLogger(AccessLog.class);

  private AccessLog() {}

  /** Says at debug that a connection has begun. Its event loop. */
  static void onOpened(ClientConnection connection) {
    if (DECISIONS.isDebugEnabled()) {
      DECISIONS
          .atDebug()
          .addKeyValue("user", user(connection))
          .addKeyValue("address", connection.address().shortened())
          .log("connection opened");
    }
  }

  private static String user(ClientConnection connection) {
    return new String(connection.writer().cursor().receiverHashId(), StandardCharsets.US_ASCII);
  }

  /**
   * Writes the line of a connection. Its event loop.
   *
   * @param code of the close frame that was sent; 0 if none was
   */
  static void onEnded(ClientConnection connection, CloseReason reason, int code) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    EventWriter writer = connection.writer();
    long ageNanos = connection.ageNanos(connection.loop.nowNanos());
    LOG.atInfo()
        .addKeyValue("user", user(connection))
        .addKeyValue("address", connection.address().shortened())
        .addKeyValue("device", writer.cursor().device().shortened())
        .addKeyValue("duration_ms", TimeUnit.NANOSECONDS.toMillis(ageNanos))
        .addKeyValue("close_code", code)
        .addKeyValue("close_reason", label(reason))
        .addKeyValue("replay", label(writer.cursor().replayOrigin()))
        .addKeyValue("events", writer.cursor().sent())
        .addKeyValue("bytes", writer.cursor().sentBytes())
        .addKeyValue("needless", writer.cursor().needless())
        .addKeyValue("unconfirmed", writer.unconfirmed())
        .addKeyValue("waiting", writer.behind())
        .log("connection ended");
  }

  /** A constant as metrics have it in a label; {@code none} for null. */
  static String label(@Nullable Enum<?> value) {
    return value == null ? "none" : value.name().toLowerCase(Locale.ROOT);
  }
}
