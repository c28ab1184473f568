package herald.gateway.fanout;

import herald.protocol.EncodedEvent;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the database has for a client that was away for longer than memory reaches back: asked for
 * once, and sent before all that memory has. What it has brought is remembered for a minute, since
 * memory may have some of it too, or get it a moment later. Event loop.
 */
final class DatabaseReplay {
  private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Set<EncodedEvent> brought = new HashSet<>();
  private @Nullable ReplayRequest request;
  private @Nullable Iterator<EncodedEvent> events;
  private @Nullable EncodedEvent ahead;

  /** When the database has answered. */
  private long answeredAtNanos;

  DatabaseReplay(ReplayRequest request) {
    this.request = request;
  }

  /** What the database is to be asked for; once, else null. */
  @Nullable ReplayRequest takeRequest() {
    ReplayRequest taken = request;
    request = null;
    return taken;
  }

  boolean isAwaited() {
    return events == null;
  }

  /** Takes the database's answer. */
  void answered(List<EncodedEvent> found, long nowNanos) {
    answeredAtNanos = nowNanos;
    events = found.iterator();
    brought.addAll(found);
  }

  /** The next event; null at the end, and while the database is awaited. */
  @Nullable EncodedEvent peek() {
    if (ahead == null && events != null && events.hasNext()) {
      ahead = events.next();
    }
    return ahead;
  }

  /** Whether {@link #peek()} has given an event that has not been passed. */
  boolean isSending() {
    return ahead != null;
  }

  /** Goes past the event that {@link #peek()} gave. */
  void advance() {
    ahead = null;
  }

  /** Whether an event of memory has been sent already, as one of these; true once. */
  boolean hasBrought(Event event) {
    if (event.appendedAtNanos() - answeredAtNanos > REMEMBERED_NANOS) {
      brought.clear();
    }
    return !brought.isEmpty() && brought.remove(event.encoded());
  }

  /** Whether the database has answered, and all of it has been sent. */
  boolean isSent() {
    return events != null && ahead == null && !events.hasNext();
  }

  /** Whether nothing is to be sent or compared any more. */
  boolean isOver() {
    return isSent() && brought.isEmpty();
  }
}
