package herald.gateway.stream;

import herald.gateway.database.ServerIdentity;
import herald.gateway.logging.IntervalLog;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Has the pooled connections of an instance replaced when they lead to another server than the
 * relays': after a fail-over, to one that is a standby now or was given up. An instance that
 * listens to the database notices that by its listener; one that reads a stream has none, and would
 * look up users, keys and replays where nobody writes any more. Any thread.
 */
public final class PooledServer {
  private final Supplier<@Nullable ServerIdentity> relaysServer;
  private final Runnable evict;
  private final IntervalLog log = new IntervalLog(LoggerFactory.getLogger(PooledServer.class));

  /**
   * @param relaysServer the server of the last mark; null before the first, and one that was never
   *     started for a mark that is of no server
   * @param evict has all pooled connections replaced
   */
  public PooledServer(Supplier<@Nullable ServerIdentity> relaysServer, Runnable evict) {
    this.relaysServer = relaysServer;
    this.evict = evict;
  }

  /** A pooled connection leads to this server. */
  public void onServer(ServerIdentity here) {
    ServerIdentity there = relaysServer.get();
    if (here.isInRecovery()) {
      evict.run();
      log.warn("pooled connections lead to a standby, and are replaced (expected: the primary)");
    } else if (there != null && there.startMicros() != 0 && !there.isSameServer(here)) {
      evict.run();
      log.warn("pooled connections lead to another server than the relays', and are replaced");
    }
  }
}
