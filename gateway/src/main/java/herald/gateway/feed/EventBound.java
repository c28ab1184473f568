package herald.gateway.feed;

import herald.gateway.fanout.Event;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.HashIds;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * The bound on the bytes of an event. What is over it is pushed to nobody; those whom it concerns
 * are sent a gap in its place. Stateless.
 */
final class EventBound {
  /** Longer than any hash id of a user. */
  private static final int HASH_ID_CHARACTERS = HashIds.encode(Integer.MAX_VALUE).length();

  private final long maxBytes;

  EventBound(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  boolean isOver(EncodedEvent event) {
    return event.length(HASH_ID_CHARACTERS) > maxBytes;
  }

  /** Whether one of these events, which come from one row, is over the bound. */
  boolean isAnyOver(List<Event> events) {
    for (Event event : events) {
      if (isOver(event.encoded())) {
        return true;
      }
    }
    return false;
  }

  /** The same events of one row, with a gap in the place of each that is over the bound. */
  List<Event> withGaps(List<Event> events) {
    List<Event> within = new ArrayList<>(events.size());
    EncodedEvent gap = null;
    for (Event event : events) {
      if (isOver(event.encoded())) {
        gap = gap == null ? gap(event.relayedAtMicros(), event.relayedAtMicros()) : gap;
        within.add(event.with(gap.inPlaceOf(event.encoded())));
      } else {
        within.add(event);
      }
    }
    return within;
  }

  /** A gap in the place of one event. */
  static Event gapInPlaceOf(Event event) {
    long micros = event.relayedAtMicros();
    return event.with(gap(micros, micros).inPlaceOf(event.encoded()));
  }

  /** The gap in the place of what has timestamps between these, to which it belongs too. */
  static EncodedEvent gap(long fromMicros, long toMicros) {
    // A microsecond is what timestamps are exact to.
    return EventEncoder.gap(time(fromMicros - 1), time(toMicros));
  }

  private static Instant time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
