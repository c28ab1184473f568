package herald.gateway.stream;

import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import java.util.List;
import java.util.function.Consumer;

/** What of the dispatcher publishes events: the way into the event log. */
interface EventLogAccess {
  /** Publishes these events in their order, behind all before. */
  void publish(List<Event> events);

  /** Publishes events of the past as if they had been appended then. */
  void publishPast(List<Event> events, long appendedAtNanos);

  /** A row was read beside the feed and came to nothing. */
  void onBesideWithoutEvents(RowOrder row);

  /** Looks at all that is in the log now. */
  void forEach(Consumer<Event> each);

  /** That of a dispatcher. */
  static EventLogAccess of(Dispatcher dispatcher) {
    return new EventLogAccess() {
      @Override
      public void publish(List<Event> events) {
        dispatcher.publish(events);
      }

      @Override
      public void publishPast(List<Event> events, long appendedAtNanos) {
        dispatcher.publishPast(events, appendedAtNanos);
      }

      @Override
      public void onBesideWithoutEvents(RowOrder row) {
        dispatcher.onBesideWithoutEvents(row);
      }

      @Override
      public void forEach(Consumer<Event> each) {
        dispatcher.forEach(each);
      }
    };
  }
}
