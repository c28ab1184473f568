package herald.gateway.connection;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.metrics.ConnectionMeters.Eviction;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a client is too slow, and how long a silent one may be so because it is still taking what
 * was written before. A client that takes something within each write deadline is only slow.
 *
 * <p>It has no state of its own: all connections of a loop share one, and what is known of a client
 * is in its {@link SocketWriter}. Event loop.
 */
final class SlowClientRule {
  private final long writeDeadlineNanos;

  /** 0 if a client may be slow for as long as it takes something. */
  private final long slowClientTimeoutNanos;

  SlowClientRule(ConnectionSettings settings) {
    writeDeadlineNanos = TimeUnit.MILLISECONDS.toNanos(settings.writeDeadlineMillis());
    slowClientTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(settings.slowClientTimeoutMillis());
  }

  /** Why the client is too slow; null if it is not. */
  @Nullable Eviction whyTooSlow(SocketWriter socket, long nowNanos) {
    if (!socket.isStalled()) {
      return null;
    }
    SendProgress progress = socket.updateProgress(nowNanos);
    if (progress.idleNanos(nowNanos) >= writeDeadlineNanos) {
      return Eviction.WRITE_DEADLINE;
    }
    return slowClientTimeoutNanos > 0 && socket.stalledNanos(nowNanos) >= slowClientTimeoutNanos
        ? Eviction.SLOW_CLIENT_TIMEOUT
        : null;
  }

  /** When the client last sent or took something, as far as is known. */
  static long lastAliveNanos(SocketWriter socket, long lastReadNanos) {
    SendProgress progress = socket.progress();
    return progress == null ? lastReadNanos : progress.laterOf(lastReadNanos);
  }

  /**
   * Whether a silent client could not answer yet, since it still takes what stands before a ping.
   */
  boolean isStillTaking(SocketWriter socket, long nowNanos) {
    SendProgress progress = socket.updateProgress(nowNanos);
    return progress.hasUnsent() && progress.idleNanos(nowNanos) < writeDeadlineNanos;
  }
}
