package herald.gateway.connection;

import herald.gateway.supervision.Place;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of all connections of one event loop: a ring of one-second slots, each with a list
 * of the handlers that are due in it. The links of the lists are in the handlers, so a deadline
 * costs no object, and one tick a second serves all. A deadline beyond the ring waits in the last
 * slot and is looked at again there.
 *
 * <p>What a handler throws ends that handler's connection alone; the wheel goes on with the next.
 * Event loop.
 */
final class TimerWheel {
  static final int NO_SLOT = -1;
  static final long TICK_NANOS = 1_000_000_000L;

  private static final int SLOTS = 64;

  private final @Nullable TimedHandler[] heads = new TimedHandler[SLOTS];
  private final ConnectionFailures failures;
  private long nextTickNanos;
  private int current;
  private int size;

  /** The handler that is being called; null again as soon as it has been removed meanwhile. */
  private @Nullable TimedHandler called;

  TimerWheel(long nowNanos, ConnectionFailures failures) {
    this.failures = failures;
    nextTickNanos = nowNanos + TICK_NANOS;
  }

  /** Adds a handler; one that is in the wheel already is moved if it is due earlier now. */
  void schedule(TimedHandler handler, long dueNanos) {
    if (handler.slot != NO_SLOT) {
      if (dueNanos - handler.dueNanos >= 0) {
        return;
      }
      remove(handler);
    }
    insert(handler, dueNanos);
  }

  /** Removes a handler, if it is in the wheel. */
  void remove(TimedHandler handler) {
    if (handler == called) {
      called = null;
    }
    if (handler.slot == NO_SLOT) {
      return;
    }
    TimedHandler previous = handler.previousInSlot;
    TimedHandler next = handler.nextInSlot;
    if (previous == null) {
      heads[handler.slot] = next;
    } else {
      previous.nextInSlot = next;
    }
    if (next != null) {
      next.previousInSlot = previous;
    }
    handler.previousInSlot = null;
    handler.nextInSlot = null;
    handler.slot = NO_SLOT;
    size--;
  }

  /** Calls every handler that is due. */
  void tick(long nowNanos) {
    while (nextTickNanos - nowNanos <= 0) {
      nextTickNanos += TICK_NANOS;
      TimedHandler due = heads[current];
      heads[current] = null;
      current = (current + 1) % SLOTS;
      while (due != null) {
        TimedHandler handler = due;
        due = handler.nextInSlot;
        if (due != null) {
          due.previousInSlot = null;
        }
        handler.nextInSlot = null;
        handler.slot = NO_SLOT;
        size--;
        called = handler;
        long next = handler.dueNanos - nowNanos > 0 ? handler.dueNanos : call(handler, nowNanos);
        if (handler == called && handler.slot == NO_SLOT && next != Long.MAX_VALUE) {
          insert(handler, next);
        }
        called = null;
      }
    }
  }

  /**
   * Calls a handler. One that throws is ended, and called again if it is still there after that.
   */
  private long call(TimedHandler handler, long nowNanos) {
    try {
      return handler.onTime(nowNanos);
    } catch (Throwable e) {
      failures.onFailure(Place.TIMER, handler, e);
      return nowNanos + TICK_NANOS;
    }
  }

  /** How many handlers are in the wheel. */
  int size() {
    return size;
  }

  private void insert(TimedHandler handler, long dueNanos) {
    long ticks = (dueNanos - nextTickNanos + TICK_NANOS - 1) / TICK_NANOS;
    int slot = (int) ((current + Math.max(0, Math.min(SLOTS - 1, ticks))) % SLOTS);
    TimedHandler head = heads[slot];
    handler.dueNanos = dueNanos;
    handler.slot = slot;
    handler.previousInSlot = null;
    handler.nextInSlot = head;
    if (head != null) {
      head.previousInSlot = handler;
    }
    heads[slot] = handler;
    size++;
  }
}
