package herald.gateway.testing;

import herald.gateway.config.GatewayConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tests' databases whose events go over a stream: one server of NATS for all of them, which
 * starts with the first, and a relay and a stream for each. Thread safe.
 */
final class RelayedDatabases {
  /** Guarded by this. */
  private final Map<String, RelayedDatabase> byDatabase = new HashMap<>();

  /** Guarded by this. */
  private @Nullable NatsServer server;

  /** Guarded by this. */
  private int streams;

  /** Starts the relay of a database, unless there is one; skips the test without a server. */
  synchronized RelayedDatabase of(GatewayConfig config) throws IOException {
    String database = config.listenDatabase().toString();
    RelayedDatabase known = byDatabase.get(database);
    if (known == null) {
      known = RelayedDatabase.start(config, server(), "test-" + ++streams);
      byDatabase.put(database, known);
    }
    return known;
  }

  private synchronized NatsServer server() throws IOException {
    NatsServer running = server;
    if (running == null) {
      try {
        running = NatsServer.start();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      server = running;
    }
    return running;
  }

  synchronized @Nullable RelayedDatabase byStream(@Nullable String name) {
    return byDatabase.values().stream()
        .filter(relayed -> relayed.stream().name().equals(name))
        .findAny()
        .orElse(null);
  }

  /** Ends the relays whose stream no gateway reads. */
  synchronized void stopUnread() {
    for (Iterator<RelayedDatabase> all = byDatabase.values().iterator(); all.hasNext(); ) {
      RelayedDatabase relayed = all.next();
      if (!relayed.isRead()) {
        all.remove();
        relayed.close();
      }
    }
  }

  /** Ends everything. */
  synchronized void stopAll() {
    byDatabase.values().forEach(RelayedDatabase::close);
    byDatabase.clear();
    if (server != null) {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      server = null;
    }
  }
}
