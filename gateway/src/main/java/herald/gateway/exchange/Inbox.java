package herald.gateway.exchange;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.ExchangeMeters;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What was heard and has happened, in its order, on its way to the exchange's thread. */
final class Inbox {
  private static final int MAX_WAITING = 100_000;

  private final ExchangeMeters meters;
  private final IntervalLog errors;
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  Inbox(ExchangeMeters meters, IntervalLog errors) {
    this.meters = meters;
    this.errors = errors;
  }

  /** Any thread, never waits. */
  void add(Runnable event) {
    if (waiting.incrementAndGet() > MAX_WAITING) {
      // The messages that are missing will be noticed by their numbers.
      waiting.decrementAndGet();
      errors.warn("more was heard of other instances than can be kept, some of it is left out");
      return;
    }
    events.add(event);
  }

  /** Runs all that wait; a message that can't be read is left out. Exchange's thread. */
  void take() {
    for (Runnable event = events.poll(); event != null; event = events.poll()) {
      waiting.decrementAndGet();
      try {
        event.run();
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        meters.unreadable();
        errors.warn(
            "a message on the channel "
                + PositionExchange.CHANNEL
                + " can't be read, and is left out");
      }
    }
  }
}
