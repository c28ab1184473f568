package herald.gateway.config;

/**
 * What one open connection may take and how long it may be silent.
 *
 * @param maxConnections connections open at once on this instance
 * @param pingIntervalMillis a connection that was not pinged for this long is pinged
 * @param idleTimeoutMillis a connection from which nothing came for this long is dead
 * @param acknowledgeIntervalMillis a ping rides behind events this often per connection, or up to a
 *     quarter sooner
 * @param writeDeadlineMillis a connection that stays unwritable for this long is evicted
 * @param highWatermarkBytes pending bytes above which a connection counts as unwritable
 * @param lowWatermarkBytes pending bytes below which it counts as writable again
 * @param sendBufferBytes what the kernel may hold for one client, SO_SNDBUF (socket(7)); the kernel
 *     doubles it. So slowness shows early, and a slow client costs little outside this process too.
 *     0 leaves it to the kernel
 * @param maxMessageBytes largest inbound message; one over it closes the connection with 1009
 * @param closeTimeoutMillis how long a peer may take to answer a close frame
 */
public record ConnectionSettings(
    int maxConnections,
    int pingIntervalMillis,
    int idleTimeoutMillis,
    int acknowledgeIntervalMillis,
    int writeDeadlineMillis,
    int highWatermarkBytes,
    int lowWatermarkBytes,
    int sendBufferBytes,
    int maxMessageBytes,
    int closeTimeoutMillis) {

  /** Checks the values. */
  public ConnectionSettings {
    Require.atLeast("max connections", maxConnections, 1, "");
    Require.atLeast("ping interval", pingIntervalMillis, 1_000, "ms");
    Require.greater("idle timeout", idleTimeoutMillis, "ping interval", pingIntervalMillis, "ms");
    Require.atLeast("acknowledge interval", acknowledgeIntervalMillis, 100, "ms");
    Require.atLeast("write deadline", writeDeadlineMillis, 1_000, "ms");
    Require.atLeast("low watermark", lowWatermarkBytes, 1, "bytes");
    Require.greater(
        "high watermark", highWatermarkBytes, "low watermark", lowWatermarkBytes, "bytes");
    Require.atLeast("send buffer", sendBufferBytes, 0, "bytes");
    Require.atLeast("max message", maxMessageBytes, 125, "bytes");
    Require.atLeast("close timeout", closeTimeoutMillis, 100, "ms");
  }

  /** The defaults of the command line. */
  public static ConnectionSettings defaults() {
    return new ConnectionSettings(
        100_000, 30_000, 60_000, 8_000, 10_000, 64 * 1024, 32 * 1024, 128 * 1024, 1 << 20, 5_000);
  }
}
