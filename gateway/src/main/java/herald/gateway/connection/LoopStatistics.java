package herald.gateway.connection;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Sums over the connections of one event loop. They are updated as connections change, so that
 * reading them does not have to go over all connections. Only the event loop writes a field; any
 * thread reads the sums.
 */
final class LoopStatistics {
  private final Set<EventWriter> stalledConnections =
      Collections.newSetFromMap(new IdentityHashMap<>());
  private volatile int stalled;
  private volatile long behindEvents;
  private volatile long behindMaxEvents;
  private final SingleWriterCounter unconfirmed = new SingleWriterCounter();
  private final SingleWriterCounter unconfirmedEvents = new SingleWriterCounter();
  private final SingleWriterCounter writtenEvents = new SingleWriterCounter();
  private final SingleWriterCounter writtenBytes = new SingleWriterCounter();
  private final SingleWriterCounter pings = new SingleWriterCounter();

  /** Events have been written to one connection. */
  void eventsWritten(int events, long bytes) {
    writtenEvents.add(events);
    writtenBytes.add(bytes);
  }

  /** A ping was written. */
  void pingWritten() {
    pings.add(1);
  }

  /** The socket of a connection takes no bytes any more. */
  void socketStalled(EventWriter connection) {
    stalledConnections.add(connection);
    stalled = stalledConnections.size();
  }

  /** The socket takes bytes again, or is closed. */
  void socketResumed(EventWriter connection) {
    if (stalledConnections.remove(connection)) {
      stalled = stalledConnections.size();
    }
  }

  /** The number of events that one connection has been sent and has not confirmed has changed. */
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

  /** Adds up the events that wait for connections whose sockets are stalled; once a second. */
  void tick() {
    long sum = 0;
    long most = 0;
    for (EventWriter connection : stalledConnections) {
      long behind = connection.behind();
      sum += behind;
      most = Math.max(most, behind);
    }
    behindEvents = sum;
    behindMaxEvents = most;
  }

  int stalled() {
    return stalled;
  }

  long behindEvents() {
    return behindEvents;
  }

  long behindMaxEvents() {
    return behindMaxEvents;
  }

  long unconfirmed() {
    return unconfirmed.get();
  }

  long unconfirmedEvents() {
    return unconfirmedEvents.get();
  }

  long writtenEvents() {
    return writtenEvents.get();
  }

  long writtenBytes() {
    return writtenBytes.get();
  }

  long pings() {
    return pings.get();
  }
}
