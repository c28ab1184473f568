package herald.gateway.feed;

import herald.gateway.exchange.PositionExchange;
import herald.gateway.metrics.FeedMeters;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where what the listener hears goes: notifications of rpc logs into the queue, the listener's own
 * probes back to it, and what other instances say to the exchange. The thread of the listener's
 * connection.
 */
final class HeardNotifications {
  static final String RPC_LOG_CHANNEL = "rpc_log_inserted";

  private final NotificationQueue queue;
  private final Runnable onHeard;
  private final @Nullable PositionExchange exchange;
  private final LongSupplier heardAt;
  private final FeedMeters meters;
  private final String probeChannel;
  private final String probePrefix;

  /**
   * @param onHeard called when something is in the queue, or a probe has come back
   * @param exchange hears what other instances say; null if there is no exchange
   * @param heardAt where in the event log a mark of another instance stands that is heard now
   */
  HeardNotifications(
      NotificationQueue queue,
      Runnable onHeard,
      @Nullable PositionExchange exchange,
      LongSupplier heardAt,
      FeedMeters meters) {
    this.queue = queue;
    this.onHeard = onHeard;
    this.exchange = exchange;
    this.heardAt = heardAt;
    this.meters = meters;
    probeChannel =
        exchange == null
            ? "herald_probe_" + Long.toHexString(ThreadLocalRandom.current().nextLong())
            : PositionExchange.CHANNEL;
    probePrefix = exchange == null ? "" : SharedProbe.prefix(exchange.self());
  }

  /** The channels to listen on. */
  String[] channels() {
    return new String[] {RPC_LOG_CHANNEL, probeChannel};
  }

  /** The statement that sends a probe of this number. */
  String probe(long number) {
    return FeedPoint.probe(probeChannel, probePrefix, number);
  }

  /** A new connection listens. Listener's thread. */
  void onListening() {
    if (exchange != null) {
      exchange.onListening();
    }
  }

  /**
   * A notification has come.
   *
   * @param onProbe is given a probe of this listener
   */
  void take(String channel, String payload, Consumer<FeedPoint> onProbe) {
    if (channel.equals(RPC_LOG_CHANNEL)) {
      queue.add(payload, System.nanoTime());
      meters.notificationReceived();
      onHeard.run();
    } else if (channel.equals(probeChannel)) {
      if (exchange == null) {
        onProbe.accept(FeedPoint.parse(payload));
        onHeard.run();
      } else {
        take(exchange, payload, onProbe);
      }
    }
  }

  /** From the channel of all instances. */
  private void take(PositionExchange instances, String payload, Consumer<FeedPoint> onProbe) {
    SharedProbe probe = SharedProbe.parse(payload);
    if (probe == null) {
      instances.onMessage(payload);
    } else if (probe.instance() == instances.self()) {
      onProbe.accept(probe.point());
      onHeard.run();
    } else {
      instances.onPeerMark(probe.mark(), heardAt.getAsLong());
    }
  }
}
