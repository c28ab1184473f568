package herald.gateway.check;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Whether what is notified arrives, from the listening session itself and from another one, on a
 * channel of its own. A pooler that lends server connections for a transaction takes LISTEN and
 * loses what comes of it; it shows itself by one backend serving two open sessions, or two serving
 * one.
 */
final class NotificationCheck {
  private static final String SUBJECT = "listen";
  private static final String WITHOUT_POOLER =
      " (expected: a direct connection to the server; point --database past the pooler, or at one"
          + " in session mode)";

  private final int waitMillis;

  /**
   * Looks without waiting for long.
   *
   * @param waitMillis how long a notification may take
   */
  NotificationCheck(int waitMillis) {
    this.waitMillis = waitMillis;
  }

  void run(Connection listener, Connection other, Consumer<Finding> findings) throws SQLException {
    findings.accept(
        judgeBackends(backend(listener), backend(other), backend(listener), backend(other)));
    String channel = "herald_check_" + UUID.randomUUID().toString().replace('-', '_');
    Rows.run(listener, "listen " + channel);
    findings.accept(roundTrip(listener, listener, channel, "from its own session"));
    findings.accept(roundTrip(other, listener, channel, "from another session"));
    Rows.run(listener, "unlisten " + channel);
  }

  /** The backend of each session, each asked twice in turn. */
  static Finding judgeBackends(int first, int second, int firstAgain, int secondAgain) {
    String subject = "pooler";
    if (first == second || firstAgain == secondAgain) {
      return Finding.fail(
          subject, "two sessions were served by one backend: a pooler is between" + WITHOUT_POOLER);
    }
    if (first != firstAgain || second != secondAgain) {
      return Finding.fail(
          subject, "one session was served by two backends: a pooler is between" + WITHOUT_POOLER);
    }
    return Finding.ok(subject, "none that shares backends is between");
  }

  private static int backend(Connection connection) throws SQLException {
    return Rows.one(connection, row -> row.getInt(1), "select pg_backend_pid()");
  }

  private Finding roundTrip(Connection sender, Connection listener, String channel, String origin)
      throws SQLException {
    String payload = UUID.randomUUID().toString();
    Rows.run(sender, "notify " + channel + ", '" + payload + "'");
    PGConnection notified = listener.unwrap(PGConnection.class);
    long startNanos = System.nanoTime();
    long leftMillis = waitMillis;
    while (leftMillis > 0) {
      PGNotification[] arrived = notified.getNotifications((int) leftMillis);
      for (PGNotification notification : arrived == null ? new PGNotification[0] : arrived) {
        if (notification.getParameter().equals(payload)) {
          return Finding.ok(SUBJECT, "a notification " + origin + " arrived");
        }
      }
      leftMillis = waitMillis - (System.nanoTime() - startNanos) / 1_000_000;
    }
    return Finding.fail(
        SUBJECT,
        "a notification "
            + origin
            + " did not arrive within "
            + waitMillis
            + " ms: a pooler or a proxy is between"
            + WITHOUT_POOLER);
  }
}
