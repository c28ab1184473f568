package herald.gateway.stream;

import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.gateway.feed.FeedMark;
import herald.protocol.EventEncoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A gap that everybody is told of: whom the missing events concerned is not known. */
final class StreamGap {
  private StreamGap() {}

  /**
   * Since when something may be missing of what was committed, microseconds since the epoch.
   *
   * @param storedAtMicros when the last message was stored; 0 if none has been read
   * @param mark the last mark; null before the first
   */
  static long beginMicros(
      long storedAtMicros, @Nullable FeedMark mark, long nowMicros, long horizonMillis) {
    long readMicros =
        storedAtMicros == 0
            ? nowMicros - TimeUnit.MILLISECONDS.toMicros(horizonMillis)
            : storedAtMicros;
    // What was committed since the mark may have been stored later than what was read last.
    return mark == null ? readMicros : Math.min(readMicros, mark.point().clockMicros());
  }

  /**
   * The event that says it.
   *
   * @param fromMicros nothing that was committed before is missing, microseconds since the epoch
   * @param nowMicros and nothing that is committed later; {@code nowNanos} is the same moment
   */
  static Event event(long fromMicros, long nowMicros, long nowNanos) {
    return new Event(
        EventEncoder.gap(instant(fromMicros), instant(nowMicros)),
        Audience.everybody(),
        nowMicros,
        RowOrder.committedAt(nowNanos));
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
