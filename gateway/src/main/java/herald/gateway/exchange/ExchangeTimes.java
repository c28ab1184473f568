package herald.gateway.exchange;

import herald.gateway.config.GatewayConfig;
import java.util.concurrent.TimeUnit;

/**
 * How long the exchange waits for what, and keeps it.
 *
 * @param graceNanos a client is healthy if it has confirmed what was handled this long ago
 * @param quietNanos an instance that says nothing for so long may have left something unsaid
 * @param silenceNanos an instance that says nothing for so long is taken for gone
 * @param markIntervalNanos between two marks of which the others are told
 * @param retentionNanos how long positions are kept
 */
record ExchangeTimes(
    long graceNanos,
    long quietNanos,
    long silenceNanos,
    long markIntervalNanos,
    long retentionNanos) {
  /** From the acknowledge interval to a client that does not answer as fast as it should. */
  private static final long GRACE_SLACK_MILLIS = 4_000;

  /** By how much a probe may be late. */
  private static final long PROBE_SLACK_MILLIS = 3_000;

  private static final int PROBES_UNTIL_SILENT = 6;

  /** An instance says something with each probe; all are taken to have the same interval. */
  static ExchangeTimes of(GatewayConfig config) {
    long probeMillis = config.feed().probeIntervalMillis();
    long quietMillis = probeMillis + PROBE_SLACK_MILLIS;
    return new ExchangeTimes(
        TimeUnit.MILLISECONDS.toNanos(
            config.connections().acknowledgeIntervalMillis() + GRACE_SLACK_MILLIS),
        TimeUnit.MILLISECONDS.toNanos(quietMillis),
        TimeUnit.MILLISECONDS.toNanos(Math.max(PROBES_UNTIL_SILENT * probeMillis, 2 * quietMillis)),
        TimeUnit.MILLISECONDS.toNanos(probeMillis),
        TimeUnit.MILLISECONDS.toNanos(config.eventLog().horizonMillis()));
  }
}
