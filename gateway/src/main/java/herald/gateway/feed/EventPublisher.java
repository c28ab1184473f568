package herald.gateway.feed;

import herald.gateway.events.Event;
import java.util.List;

/** Where the feed's events go, in commit order. */
@FunctionalInterface
public interface EventPublisher {

  /** Takes these events, which follow those of the call before; may wait. Feed thread. */
  void publish(List<Event> events);
}
