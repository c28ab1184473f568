package herald.gateway.connection;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.events.Cursor;
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

  /** Writes a ping that says how far {@code cursor} has got. */
  void write(Cursor cursor, ByteBuf buffer, long nowNanos) {
    Frames.writePing(cursor.position(), cursor.sent(), mark, buffer);
    lastNanos = nowNanos;
    nextNanos = nowNanos + pingIntervalNanos;
    unansweredSinceNanos = nowNanos;
    unanswered++;
    figures.pinged();
  }

  /** Whether a pong answers a ping of this connection. */
  boolean isAnswer(ByteBuf payload, long nowNanos) {
    if (payload.readableBytes() != Frames.PING_PAYLOAD_BYTES
        || payload.getLong(payload.readerIndex() + 2 * Long.BYTES) != mark) {
      return false;
    }
    if (unanswered == 1) {
      meters.acknowledged(nowNanos - unansweredSinceNanos);
    }
    unanswered = Math.max(0, unanswered - 1);
    return true;
  }

  /** The position that an answer carries back. */
  static long position(ByteBuf answer) {
    return answer.getLong(answer.readerIndex());
  }

  /** How many events had been sent when its ping was. */
  static long sent(ByteBuf answer) {
    return answer.getLong(answer.readerIndex() + Long.BYTES);
  }
}
