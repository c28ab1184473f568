package herald.gateway.feed;

import herald.gateway.fanout.Event;
import herald.gateway.metrics.PushMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.tracing.PushTraces;
import herald.protocol.EventId;
import java.util.List;

/**
 * Measures how long rows take until their events are encoded. Never throws. Fetch thread. Without
 * lambdas, for the reason that {@link PendingRows#remove} has.
 */
final class RowTimes {
  private final PushMeters push;
  private final IsolatedFailures failures;
  private boolean timed = true;

  RowTimes(PushMeters push, IsolatedFailures failures) {
    this.push = push;
    this.failures = failures;
  }

  /**
   * Says whether what comes is measured. What was committed before this instance began is not: its
   * age says nothing about this instance.
   */
  void setTimed(boolean isTimed) {
    timed = isTimed;
  }

  /** These rows have been read. */
  void read(List<RpcLog> logs, long readAtNanos) {
    if (!timed) {
      return;
    }
    try {
      for (RpcLog log : logs) {
        push.passed(PushMeters.Stage.NOTIFICATION, log.notificationLagNanos());
        push.passed(PushMeters.Stage.FETCH, readAtNanos - log.receivedAtNanos());
      }
    } catch (Throwable e) {
      failures.isolated(Place.FETCH, e);
    }
  }

  /**
   * The events of one reading have been encoded.
   *
   * @param logs the rows that were read
   * @param events what is to be published
   */
  void encoded(List<RpcLog> logs, List<Event> events, long readAtNanos, long beginNanos) {
    if (!timed) {
      return;
    }
    long nowNanos = System.nanoTime();
    try {
      push.passed(PushMeters.Stage.ENCODE, nowNanos - beginNanos);
      trace(logs, events, readAtNanos, nowNanos);
    } catch (Throwable e) {
      failures.isolated(Place.FETCH, e);
    }
  }

  /** Begins a trace of the first event, if that is wanted. */
  private void trace(List<RpcLog> logs, List<Event> events, long readAtNanos, long nowNanos) {
    PushTraces traces = events.isEmpty() ? null : push.tracesOfNext();
    if (traces != null) {
      Event event = events.get(0);
      EventId id = event.encoded().id();
      for (RpcLog log : logs) {
        if (id != null && id.isOfSameRow(log.eventId())) {
          traces.begin(
              new PushTraces.Begun(
                  Method.of(log.methodName()).text(),
                  id.toString(),
                  events.size(),
                  event.committedAtNanos(),
                  log.receivedAtNanos(),
                  readAtNanos,
                  nowNanos));
          return;
        }
      }
    }
  }
}
