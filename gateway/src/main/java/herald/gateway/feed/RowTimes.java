package herald.gateway.feed;

import herald.gateway.metrics.PushMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import java.util.List;

/** Measures how long rows take until their events are encoded. Never throws. Fetch thread. */
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
    if (timed) {
      failures.run(
          Place.FETCH,
          () -> {
            for (RpcLog log : logs) {
              push.passed(PushMeters.Stage.NOTIFICATION, log.notificationLagNanos());
              push.passed(PushMeters.Stage.FETCH, readAtNanos - log.receivedAtNanos());
            }
          });
    }
  }

  /** The events of one reading have been encoded. */
  void encoded(long beginNanos) {
    if (timed) {
      long nanos = System.nanoTime() - beginNanos;
      failures.run(Place.FETCH, () -> push.passed(PushMeters.Stage.ENCODE, nanos));
    }
  }
}
