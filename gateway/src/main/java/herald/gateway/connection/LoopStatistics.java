package herald.gateway.connection;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * What one event loop knows of its connections in sum, kept up as they change, so that nobody has
 * to walk over them. The loop writes, any thread reads.
 */
final class LoopStatistics {
  private final Set<EventWriter> stalledConnections =
      Collections.newSetFromMap(new IdentityHashMap<>());
  private volatile int stalled;
  private volatile long behindEvents;
  private volatile long behindMost;
  private final SingleWriterCounter unconfirmed = new SingleWriterCounter();
  private final SingleWriterCounter unconfirmedEvents = new SingleWriterCounter();
  private final SingleWriterCounter deliveries = new SingleWriterCounter();
  private final SingleWriterCounter deliveredBytes = new SingleWriterCounter();
  private final SingleWriterCounter pings = new SingleWriterCounter();

  /** What one pass wrote to one connection. */
  void delivered(int events, long bytes) {
    deliveries.add(events);
    deliveredBytes.add(bytes);
  }

  /** A ping was written. */
  void pinged() {
    pings.add(1);
  }

  /** A connection's socket takes nothing any more. */
  void stalled(EventWriter connection) {
    stalledConnections.add(connection);
    stalled = stalledConnections.size();
  }

  /** It takes something again, or is gone. */
  void flows(EventWriter connection) {
    if (stalledConnections.remove(connection)) {
      stalled = stalledConnections.size();
    }
  }

  /** What one connection has been sent and has not confirmed changes. */
  void unconfirmed(long eventsBefore, long eventsNow) {
    if (eventsBefore == eventsNow) {
      return;
    }
    unconfirmedEvents.add(eventsNow - eventsBefore);
    if (eventsBefore == 0) {
      unconfirmed.add(1);
    } else if (eventsNow == 0) {
      unconfirmed.add(-1);
    }
  }

  /** Adds up what waits for the stalled; with each tick. */
  void tick() {
    long sum = 0;
    long most = 0;
    for (EventWriter connection : stalledConnections) {
      long behind = connection.behind();
      sum += behind;
      most = Math.max(most, behind);
    }
    behindEvents = sum;
    behindMost = most;
  }

  int stalled() {
    return stalled;
  }

  long behindEvents() {
    return behindEvents;
  }

  long behindMost() {
    return behindMost;
  }

  long unconfirmed() {
    return unconfirmed.get();
  }

  long unconfirmedEvents() {
    return unconfirmedEvents.get();
  }

  long deliveries() {
    return deliveries.get();
  }

  long deliveredBytes() {
    return deliveredBytes.get();
  }

  long pings() {
    return pings.get();
  }
}
