package herald.gateway.connection;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.fanout.Cursor;
import herald.gateway.metrics.ConnectionMeters;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The pings of one connection: when the next is due, what they carry, and what their answers
 * confirm.
 *
 * <p>A ping carries its number and a random mark that only this connection knows. So a client can't
 * confirm what it was never sent; and the ping tells nothing of other users' events, as a position
 * in the log would. The position of the cursor is noted here instead, for the oldest ping without
 * an answer and for the newest. The answer to a ping between them confirms what the oldest would.
 * The loop's statistics are told how many events wait for such a confirmation.
 *
 * <p>Event loop, the only thread that reads or writes a field.
 */
final class Pings {
  /**
   * A ping, and what its answer confirms.
   *
   * @param position the cursor's position: all events of the user below it had been written
   * @param sent how many events had been written to the connection
   */
  record Sent(long number, long position, long sent, long atNanos) {}

  private final long mark = ThreadLocalRandom.current().nextLong();
  private final long acknowledgeIntervalNanos;
  private final long pingIntervalNanos;
  private final ConnectionMeters meters;
  private final LoopStatistics statistics;

  /** The oldest ping without an answer; null if all have been answered. */
  private @Nullable Sent oldest;

  /** The newest ping without an answer, which may be the oldest; null if all have been answered. */
  private @Nullable Sent newest;

  private long number;

  /** From when on a ping may follow events in the same write. */
  private long followFromNanos;

  private long nextNanos;

  /** The number of unconfirmed events that the loop's statistics have been told last. */
  private long unconfirmed;

  Pings(
      ConnectionSettings settings,
      ConnectionMeters meters,
      LoopStatistics statistics,
      long nowNanos) {
    this.meters = meters;
    this.statistics = statistics;
    acknowledgeIntervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.acknowledgeIntervalMillis());
    pingIntervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.pingIntervalMillis());
    followFromNanos = nowNanos;
    nextNanos = nowNanos + 1 + ThreadLocalRandom.current().nextLong(pingIntervalNanos);
  }

  /** The process stood still for so long; the pings of all connections stay spread over time. */
  void onStandstill(long stoodNanos) {
    followFromNanos += stoodNanos;
    nextNanos += stoodNanos;
  }

  /** Reads the memory that a write will read, and does nothing with it. */
  int prefetch() {
    return (int) (unconfirmed + nextNanos);
  }

  /** Events have been written, or confirmed. */
  void updateUnconfirmed(Cursor cursor) {
    countUnconfirmed(cursor.unconfirmed());
  }

  /** The connection has ended, and nothing is waited for any more. */
  void stop() {
    countUnconfirmed(0);
  }

  private void countUnconfirmed(long now) {
    statistics.unconfirmed(unconfirmed, now);
    unconfirmed = now;
  }

  /** When the next ping is due. */
  long nextNanos() {
    return nextNanos;
  }

  /** Whether a ping may follow events now; if not, the next ping is due as soon as it may. */
  boolean mayFollowEvents(long nowNanos) {
    if (nowNanos - followFromNanos >= 0) {
      return true;
    }
    if (followFromNanos - nextNanos < 0) {
      nextNanos = followFromNanos;
    }
    return false;
  }

  /** Writes a ping whose answer will confirm what {@code cursor} has had written so far. */
  void write(Cursor cursor, ByteBuf buffer, long nowNanos) {
    newest = new Sent(++number, cursor.position(), cursor.sent(), nowNanos);
    if (oldest == null) {
      oldest = newest;
    }
    Frames.writePing(number, mark, buffer);
    followFromNanos = nowNanos + nextAcknowledgeIntervalNanos();
    nextNanos = nowNanos + pingIntervalNanos;
    statistics.pingWritten();
  }

  /** Up to a quarter less: after a broadcast all clients are pinged at once, and only then. */
  private long nextAcknowledgeIntervalNanos() {
    return acknowledgeIntervalNanos
        - ThreadLocalRandom.current().nextLong(acknowledgeIntervalNanos / 4 + 1);
  }

  /**
   * Takes a pong.
   *
   * @return the newest ping that this confirms; null if it answers no ping of this connection
   */
  @Nullable Sent onPong(ByteBuf payload, long nowNanos) {
    int at = payload.readerIndex();
    if (oldest == null
        || newest == null
        || payload.readableBytes() != Frames.PING_PAYLOAD_BYTES
        || payload.getLong(at + Long.BYTES) != mark) {
      return null;
    }
    long answer = payload.getLong(at);
    if (answer < oldest.number || answer > newest.number) {
      return null;
    }
    Sent confirmed = oldest;
    oldest = newest;
    if (answer == newest.number) {
      meters.acknowledged(nowNanos - newest.atNanos);
      confirmed = newest;
      oldest = null;
      newest = null;
    }
    return confirmed;
  }
}
