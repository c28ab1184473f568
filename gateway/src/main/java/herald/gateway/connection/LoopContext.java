package herald.gateway.connection;

import herald.gateway.admission.WalletUser;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.ReplaySource;
import herald.gateway.metrics.Meters;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What all connections of one event loop share.
 *
 * @param nanoClock the clock of all deadlines
 * @param wheel the deadlines of the loop's connections
 * @param standstill finds out that the loop stood still
 * @param registry the connections themselves
 * @param lag how far the loop is behind
 * @param inboundLimits what a client may send
 * @param dispatcher gives the cursor of a connection its place among the events
 * @param replays reads events from the database that are not in memory any more
 * @param counts open sockets and ended connections of the whole server
 * @param statistics sums over the loop's connections
 * @param failures counts what a connection throws, and ends that connection
 * @param slowClients when a client is too slow
 * @param closePolicy the times of an orderly end
 * @param buffer the buffer of small writes
 * @param largeTexts the texts of large events, shared with all loops
 * @param directWrites whether frames may be given directly to a socket
 */
record LoopContext(
    ConnectionSettings settings,
    LongSupplier nanoClock,
    TimerWheel wheel,
    Standstill standstill,
    ConnectionRegistry registry,
    LoopLag lag,
    InboundLimits inboundLimits,
    Dispatcher dispatcher,
    ReplaySource replays,
    Meters meters,
    ConnectionCounts counts,
    LoopStatistics statistics,
    ConnectionFailures failures,
    SlowClientRule slowClients,
    ClosePolicy closePolicy,
    LoopBuffer buffer,
    LargeTexts largeTexts,
    boolean directWrites) {

  long nowNanos() {
    return nanoClock.getAsLong();
  }

  /**
   * Closes the connections of these users and wallets, who may not connect any more. Event loop.
   */
  void closeConnectionsOf(Set<WalletUser> users) {
    registry.forEach(
        handler -> {
          if (handler instanceof ClientConnection connection && connection.isOfAny(users)) {
            connection.close(CloseReason.NOT_ALLOWED);
          }
        });
  }

  /** Does what is due once a second. Event loop. */
  void tick() {
    long now = nowNanos();
    long stoodNanos = standstill.measure(now);
    if (stoodNanos > 0) {
      registry.forEach(handler -> handler.onStandstill(stoodNanos, now));
    }
    wheel.tick(now);
    statistics.tick();
    largeTexts.forgetFreed();
  }
}
