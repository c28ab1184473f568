package herald.gateway.feed;

import herald.gateway.database.ServerIdentity;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that what a pooled connection does not know, the primary does not know: after a
 * fail-over behind one name, a connection may still lead to a server that is a standby now, or to
 * one that nobody writes to any more. Any thread, but for what says otherwise.
 */
final class PrimaryGuard {
  /** As PostgreSQL says it of a write on a standby; the connection's failure, so it is repeated. */
  private static final String READ_ONLY = "25006";

  private final Supplier<@Nullable ServerIdentity> listenersServer;
  private final Runnable evict;

  /** Where the listener was before. The listener's thread. */
  private @Nullable ServerIdentity before;

  /**
   * @param listenersServer the server that notifies; null if it is not known
   * @param evict has all pooled connections replaced
   */
  PrimaryGuard(Supplier<@Nullable ServerIdentity> listenersServer, Runnable evict) {
    this.listenersServer = listenersServer;
    this.evict = evict;
  }

  /**
   * The listener has a new connection. If that leads to another server than the one before, the
   * pooled connections do not, also those that would be found out by no row. The listener's thread.
   */
  void onListening() {
    ServerIdentity now = listenersServer.get();
    if (now != null) {
      if (before != null && !before.isSameServer(now)) {
        evict.run();
      }
      before = now;
    }
  }

  /**
   * Asks the connection's server who it is.
   *
   * @throws SQLException if it is not the primary, or not the server that notifies; then the
   *     connections are being replaced, and the caller is to try again
   */
  void require(Connection connection) throws SQLException {
    ServerIdentity here = ServerIdentity.of(connection);
    ServerIdentity there = listenersServer.get();
    if (here.isInRecovery() || (there != null && !there.isSameServer(here))) {
      evict.run();
      throw new SQLException(
          here.isInRecovery()
              ? "a pooled connection leads to a standby (expected: the primary)"
              : "a pooled connection leads to another server than the listener's",
          READ_ONLY);
    }
  }
}
