package herald.gateway.connection;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.metrics.Meters;
import io.netty.util.concurrent.Ticker;

/**
 * What all connections of one event loop share.
 *
 * @param ticker the clock of all deadlines
 * @param wheel the deadlines themselves
 * @param dispatcher gives a connection its place among the events
 */
record LoopContext(
    ConnectionSettings settings,
    Ticker ticker,
    TimerWheel wheel,
    Dispatcher dispatcher,
    Meters meters,
    ConnectionCounts counts) {

  long nowNanos() {
    return ticker.nanoTime();
  }
}
