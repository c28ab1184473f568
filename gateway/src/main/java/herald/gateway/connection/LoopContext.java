package herald.gateway.connection;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.events.ReplaySource;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.metrics.Meters;
import java.util.function.LongSupplier;

/**
 * What all connections of one event loop share.
 *
 * @param nanoClock the clock of all deadlines, which is that of System.nanoTime
 * @param wheel the deadlines themselves
 * @param lag how far the loop is behind
 * @param inboundBuckets what a client may send
 * @param maxFragments fragments of one message
 * @param dispatcher gives a connection its place among the events
 * @param replays gives what memory does not hold any more
 * @param statistics sums over the loop's connections
 * @param failures what becomes of connections that throw something
 * @param closePolicy how connections are let go
 * @param buffer what small writes go through
 */
record LoopContext(
    ConnectionSettings settings,
    LongSupplier nanoClock,
    TimerWheel wheel,
    LoopLag lag,
    InboundRateLimit.Buckets inboundBuckets,
    int maxFragments,
    Dispatcher dispatcher,
    ReplaySource replays,
    Meters meters,
    ConnectionCounts counts,
    LoopStatistics statistics,
    ConnectionFailures failures,
    ClosePolicy closePolicy,
    LoopBuffer buffer) {

  long nowNanos() {
    return nanoClock.getAsLong();
  }

  /** Does what is due once a second. On the loop. */
  void tick() {
    wheel.tick(nowNanos());
    statistics.tick();
  }
}
