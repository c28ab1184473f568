package herald.gateway.connection;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.events.Cursor;
import herald.gateway.metrics.ConnectionMeters;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The pings of one connection: when the next is due, what they carry, and what comes back. Event
 * loop.
 *
 * <p>A ping carries its number and a mark that only this connection knows, so a pong can't confirm
 * what was never sent, and says nothing of other people's events, as a position in the log would.
 * How far the cursor had got is noted here, for the oldest ping without an answer and for the
 * newest: an answer to one between them confirms what the oldest did.
 */
final class Pings {
  /**
   * A ping, and what its answer says.
   *
   * @param position all that concerns the user below it has been sent
   * @param sent how many events had been sent
   */
  record Sent(long number, long position, long sent, long atNanos) {}

  private final long mark = ThreadLocalRandom.current().nextLong();
  private final long acknowledgeIntervalNanos;
  private final long pingIntervalNanos;
  private final ConnectionMeters meters;
  private final LoopStatistics statistics;

  /** The oldest ping without an answer and the newest, which may be the same; null if answered. */
  private @Nullable Sent oldest;

  private @Nullable Sent newest;
  private long number;

  /** From when on a ping may ride behind events. */
  private long rideFromNanos;

  private long nextNanos;

  Pings(
      ConnectionSettings settings,
      ConnectionMeters meters,
      LoopStatistics statistics,
      long nowNanos) {
    this.meters = meters;
    this.statistics = statistics;
    acknowledgeIntervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.acknowledgeIntervalMillis());
    pingIntervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.pingIntervalMillis());
    rideFromNanos = nowNanos;
    nextNanos = nowNanos + 1 + ThreadLocalRandom.current().nextLong(pingIntervalNanos);
  }

  /** When the next ping is due. */
  long nextNanos() {
    return nextNanos;
  }

  /** Whether a ping may ride behind events now; if not, one is due as soon as one may. */
  boolean mayRide(long nowNanos) {
    if (nowNanos - rideFromNanos >= 0) {
      return true;
    }
    if (rideFromNanos - nextNanos < 0) {
      nextNanos = rideFromNanos;
    }
    return false;
  }

  /** Writes a ping whose answer will say that the client has got as far as {@code cursor} has. */
  void write(Cursor cursor, ByteBuf buffer, long nowNanos) {
    newest = new Sent(++number, cursor.position(), cursor.sent(), nowNanos);
    if (oldest == null) {
      oldest = newest;
    }
    Frames.writePing(number, mark, buffer);
    rideFromNanos = nowNanos + aboutTheAcknowledgeInterval();
    nextNanos = nowNanos + pingIntervalNanos;
    statistics.pinged();
  }

  /** Up to a quarter less: a broadcast has all pinged at once, and that is not to go on so. */
  private long aboutTheAcknowledgeInterval() {
    return acknowledgeIntervalNanos
        - ThreadLocalRandom.current().nextLong(acknowledgeIntervalNanos / 4 + 1);
  }

  /**
   * Takes a pong.
   *
   * @return the ping whose answer it stands for; null if it answers none of this connection
   */
  @Nullable Sent answered(ByteBuf payload, long nowNanos) {
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
