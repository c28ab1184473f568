package herald.gateway.feed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Payloads on their way from the thread that hears of them to the fetch thread, and between them
 * the points that the probes bring: all that is visible at a point has been notified before it.
 * Bounded in number and in characters: when it overflows all are dropped, and the table is read
 * instead.
 */
final class NotificationQueue {
  private static final int MAX_WAITING = 1_000_000;

  /** More than that number of payloads of the trigger has; others may be 8,000 characters long. */
  private static final long MAX_WAITING_CHARS = 256L << 20;

  private final int maxWaiting;
  private final long maxWaitingChars;
  private final ArrayDeque<Notification> waiting = new ArrayDeque<>();
  private long waitingChars;
  private boolean overflowed;
  private boolean woken;
  private boolean held;

  /**
   * One notification.
   *
   * @param payload as PostgreSQL sent it, at most 8000 bytes; empty if it is a point
   * @param receivedAtNanos on the clock of {@code System.nanoTime}
   * @param point what a probe has brought; else null
   * @param xid if the payload is the signature itself, the transaction that has inserted the row,
   *     the lower 32 bits of its id; else 0
   */
  record Notification(String payload, long receivedAtNanos, @Nullable FeedPoint point, long xid) {
    Notification(String payload, long receivedAtNanos) {
      this(payload, receivedAtNanos, null, 0);
    }

    /** The row's signature; null if the payload is none of the trigger's. */
    @Nullable String signature() {
      return xid == 0 ? NotificationPayload.signature(payload) : payload;
    }
  }

  NotificationQueue() {
    this(MAX_WAITING, MAX_WAITING_CHARS);
  }

  /** The same, for tests of a full one. */
  NotificationQueue(int maxWaiting, long maxWaitingChars) {
    this.maxWaiting = maxWaiting;
    this.maxWaitingChars = maxWaitingChars;
  }

  /** Takes a notification. The thread of the listener's connection; never waits for long. */
  synchronized void add(String payload, long receivedAtNanos) {
    add(new Notification(payload, receivedAtNanos));
  }

  /** Takes a point. The thread of the listener's connection; never waits for long. */
  synchronized void add(FeedPoint point, long receivedAtNanos) {
    add(new Notification("", receivedAtNanos, point, 0));
  }

  /** Takes a row of the write-ahead log. The thread that reads that. */
  synchronized void addRow(String signature, long xid, long receivedAtNanos) {
    add(new Notification(signature, receivedAtNanos, null, xid));
  }

  private void add(Notification notification) {
    int chars = notification.payload().length();
    if (waiting.size() >= maxWaiting || waitingChars + chars > maxWaitingChars) {
      waiting.clear();
      waitingChars = 0;
      overflowed = true;
    }
    waiting.add(notification);
    waitingChars += chars;
  }

  /** Has the fetch thread look at what has been added. Any thread. */
  synchronized void announce() {
    notifyAll();
  }

  /**
   * Gives nothing out until {@link #release}: what comes now is from a connection before which
   * something may have been missed, and must come behind what a catch-up finds. The points of the
   * connection before are dropped: behind a loss they say nothing.
   */
  synchronized void hold() {
    held = true;
    waiting.removeIf(notification -> notification.point() != null);
  }

  /** Gives out again. */
  synchronized void release() {
    held = false;
    notifyAll();
  }

  /** Makes {@link #await} return though nothing may have come. Any thread. */
  synchronized void wake() {
    woken = true;
    notifyAll();
  }

  /** Waits until there is something to take, or {@link #wake}, or for so long. Fetch thread. */
  synchronized void await(long timeoutMillis) throws InterruptedException {
    if (!hasAny() && !woken) {
      TimeUnit.MILLISECONDS.timedWait(this, timeoutMillis);
    }
    woken = false;
  }

  /** Whether there is something to take. Any thread. */
  synchronized boolean hasAny() {
    return !held && !waiting.isEmpty();
  }

  /** Takes at most {@code max} notifications. Of whoever has the turn. */
  synchronized List<Notification> take(int max) {
    int count = held ? 0 : Math.min(max, waiting.size());
    List<Notification> taken = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Notification next = waiting.remove();
      waitingChars -= next.payload().length();
      taken.add(next);
    }
    return taken;
  }

  /** Whether notifications were dropped since this was last asked. Fetch thread. */
  synchronized boolean takeOverflow() {
    boolean taken = overflowed;
    overflowed = false;
    return taken;
  }

  /** Whether notifications were dropped, which the fetch thread has not seen. Any thread. */
  synchronized boolean hasOverflowed() {
    return overflowed;
  }

  synchronized int size() {
    return waiting.size();
  }

  /** How long the oldest has waited; 0 if none does. Any thread. */
  synchronized long oldestWaitNanos(long nowNanos) {
    Notification oldest = waiting.peek();
    return oldest == null ? 0 : Math.max(0, nowNanos - oldest.receivedAtNanos());
  }
}
