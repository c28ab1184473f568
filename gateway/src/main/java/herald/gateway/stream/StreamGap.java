package herald.gateway.stream;

import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.protocol.EventEncoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A gap that everybody is told of: whom the missing events concerned is not known. */
final class StreamGap {
  private StreamGap() {}

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
