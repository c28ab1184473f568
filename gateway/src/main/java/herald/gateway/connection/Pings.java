package herald.gateway.connection;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.metrics.ConnectionMeters;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The pings of one connection: when the next is due, what they carry, and what comes back. A ping
 * carries the cursor's position and a mark that only this connection knows, so a pong can't confirm
 * what was never sent. Event loop.
 */
final class Pings {
  /** What {@link #position} says of a pong that answers no ping of this connection. */
  static final long NOT_OURS = -1;

  private final long mark = ThreadLocalRandom.current().nextLong();
  private final long acknowledgeIntervalNanos;
  private final long pingIntervalNanos;
  private final ConnectionMeters meters;
  private final LoopFigures figures;

  private long lastNanos;
  private long nextNanos;
  private int unanswered;

  /** When the only unanswered ping was written; said of no more than one, to be exact. */
  private long unansweredSinceNanos;

  Pings(ConnectionSettings settings, ConnectionMeters meters, LoopFigures figures, long nowNanos) {
    this.meters = meters;
    this.figures = figures;
    acknowledgeIntervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.acknowledgeIntervalMillis());
    pingIntervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.pingIntervalMillis());
    lastNanos = nowNanos - acknowledgeIntervalNanos;
    nextNanos = nowNanos + 1 + ThreadLocalRandom.current().nextLong(pingIntervalNanos);
  }

  /** When the next ping is due. */
  long nextNanos() {
    return nextNanos;
  }

  /** Whether a ping may ride behind events now; if not, one is due as soon as one may. */
  boolean mayRide(long nowNanos) {
    long earliest = lastNanos + acknowledgeIntervalNanos;
    if (nowNanos - earliest >= 0) {
      return true;
    }
    if (earliest - nextNanos < 0) {
      nextNanos = earliest;
    }
    return false;
  }

  /** Writes a ping that says: all before {@code position} has been sent. */
  void write(long position, ByteBuf buffer, long nowNanos) {
    Frames.writePing(position, mark, buffer);
    lastNanos = nowNanos;
    nextNanos = nowNanos + pingIntervalNanos;
    unansweredSinceNanos = nowNanos;
    unanswered++;
    figures.pinged();
  }

  /** The position that a pong carries back, or {@link #NOT_OURS}. */
  long position(ByteBuf payload, long nowNanos) {
    int at = payload.readerIndex();
    if (payload.readableBytes() != Frames.PING_PAYLOAD_BYTES
        || payload.getLong(at + Long.BYTES) != mark) {
      return NOT_OURS;
    }
    if (unanswered == 1) {
      meters.acknowledged(nowNanos - unansweredSinceNanos);
    }
    unanswered = Math.max(0, unanswered - 1);
    return payload.getLong(at);
  }
}
