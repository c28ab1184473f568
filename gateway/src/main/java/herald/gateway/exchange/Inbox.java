package herald.gateway.exchange;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.ExchangeMeters;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What was heard and has happened, in its order, on its way to the exchange's thread. Bounded in
 * number and in characters, because every role of the database can send messages.
 */
final class Inbox {
  static final int MAX_WAITING = 100_000;

  /** Of the messages that wait: a message has at most 8,000. */
  static final long MAX_WAITING_CHARS = 64L << 20;

  private final ExchangeMeters meters;
  private final IntervalLog errors;
  private final Queue<Waiting> events = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waitingChars = new AtomicLong();

  Inbox(ExchangeMeters meters, IntervalLog errors) {
    this.meters = meters;
    this.errors = errors;
  }

  /** Any thread, never waits. */
  void add(Runnable event) {
    add(0, event);
  }

  /**
   * The same for what holds a text. Any thread, never waits.
   *
   * @param chars how many it holds
   */
  void add(int chars, Runnable event) {
    long allChars = waitingChars.addAndGet(chars);
    if (waiting.incrementAndGet() > MAX_WAITING || allChars > MAX_WAITING_CHARS) {
      // The messages that are missing will be noticed by their numbers.
      gone(chars);
      errors.warn("more was heard of other instances than can be kept, some of it is left out");
      return;
    }
    events.add(new Waiting(event, chars));
  }

  private void gone(int chars) {
    waiting.decrementAndGet();
    waitingChars.addAndGet(-chars);
  }

  /** Something that waits, and how long a text it holds. */
  private record Waiting(Runnable event, int chars) {}

  /** Runs all that wait; a message that can't be read is left out. Exchange's thread. */
  void take() {
    for (Waiting next = events.poll(); next != null; next = events.poll()) {
      gone(next.chars());
      try {
        next.event().run();
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
