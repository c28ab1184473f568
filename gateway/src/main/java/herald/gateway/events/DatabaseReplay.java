package herald.gateway.events;

import herald.protocol.EncodedEvent;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the database has for a client that was away for longer than memory reaches back: asked for
 * once, and sent before all that memory has. Event loop.
 */
final class DatabaseReplay {
  private boolean asked;
  private @Nullable Iterator<EncodedEvent> events;
  private @Nullable EncodedEvent ahead;

  /** Whether the database is to be asked; true once. */
  boolean ask() {
    boolean first = !asked;
    asked = true;
    return first;
  }

  boolean isAwaited() {
    return events == null;
  }

  /** Takes the database's answer. */
  void answered(List<EncodedEvent> found) {
    events = found.iterator();
  }

  /** The next event; null at the end, and while the database is awaited. */
  @Nullable EncodedEvent peek() {
    if (ahead == null && events != null && events.hasNext()) {
      ahead = events.next();
    }
    return ahead;
  }

  /** Goes past the event that {@link #peek()} gave. */
  void advance() {
    ahead = null;
  }
}
