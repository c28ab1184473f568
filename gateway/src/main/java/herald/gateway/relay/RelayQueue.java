package herald.gateway.relay;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.FeedTarget;
import herald.gateway.fanout.RowOrder;
import herald.gateway.feed.FeedMark;
import herald.gateway.metrics.RelayMeters;
import herald.gateway.stream.StreamMessage;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamMessage.PointMark;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the feed has handed over and does not stand in the stream yet, in commit order. Every relay
 * keeps it, also one that stands by: whatever is read in the stream leaves it, whoever has written
 * it.
 *
 * <p>Bounded in events and in bytes: when it is full, the feed waits. Any thread; the lock is held
 * for moments.
 */
final class RelayQueue implements FeedTarget {
  private static final long TURN_MILLIS = 1_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition work = lock.newCondition();
  private final long relay;
  private final int maxEvents;
  private final long maxBytes;
  private final LongSupplier nanoClock;
  private final RelayMeters meters;

  @GuardedBy("lock")
  private final RelayDuty duty;

  @GuardedBy("lock")
  private final PublishedEvents published;

  @GuardedBy("lock")
  private final SettledRows settled = new SettledRows();

  @GuardedBy("lock")
  private final ArrayDeque<QueuedMessage> messages = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Map<Long, QueuedMessage> events = new HashMap<>();

  @GuardedBy("lock")
  private long bytes;

  /** The sequence of the last message that this relay has published; 0 if none is known. */
  @GuardedBy("lock")
  private long acknowledged;

  /**
   * @param relay the number by which this relay is told from others
   * @param duty nobody else's
   * @param published nobody else's
   */
  RelayQueue(
      long relay,
      int maxEvents,
      long maxBytes,
      RelayDuty duty,
      PublishedEvents published,
      LongSupplier nanoClock,
      RelayMeters meters) {
    this.relay = relay;
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.duty = duty;
    this.published = published;
    this.nanoClock = nanoClock;
    this.meters = meters;
  }

  // ---- From the feed ----

  @Override
  public void publish(List<Event> handedOver, Runnable turn) throws InterruptedException {
    for (Event event : handedOver) {
      add(event, turn);
    }
  }

  private void add(Event event, Runnable turn) throws InterruptedException {
    long key = QueuedMessage.key(event);
    lock.lockInterruptibly();
    try {
      while (isNews(key) && (events.size() >= maxEvents || bytes >= maxBytes)) {
        turn.run();
        var unused = room.await(TURN_MILLIS, TimeUnit.MILLISECONDS);
      }
      if (isNews(key)) {
        add(QueuedMessage.of(event, key, nanoClock.getAsLong(), settled.contains(event)));
      } else {
        meters.dropped(1);
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean isNews(long key) {
    return !published.contains(key) && !events.containsKey(key);
  }

  @GuardedBy("lock")
  private void add(QueuedMessage message) {
    if (message.event() != null) {
      events.put(message.key(), message);
    }
    messages.add(message);
    bytes += message.bytes();
    work.signal();
  }

  /** The feed begins where another one was. */
  void onBegin(FeedMark mark) {
    lock.lock();
    try {
      settled.onCluster(mark.point().cluster());
    } finally {
      lock.unlock();
    }
  }

  /** All that was handed over before stands before this mark. Never waits. */
  void onMark(FeedMark mark) {
    lock.lock();
    try {
      settled.onCluster(mark.point().cluster());
      QueuedMessage last = messages.peekLast();
      long queuedAtNanos = nanoClock.getAsLong();
      if (last != null && last.mark() != null && !last.isGone()) {
        // Two marks with nothing between them are one, that has waited since the first.
        queuedAtNanos = last.queuedAtNanos();
        leave(last);
        messages.removeLast();
      }
      add(QueuedMessage.of(mark, queuedAtNanos));
    } finally {
      lock.unlock();
    }
  }

  /** What waited for a row that came to nothing has been handed over in its order anyway. */
  @Override
  public void onBesideWithoutEvents(RowOrder row) {}

  @Override
  public boolean mayWait() {
    return true;
  }

  // ---- From the stream ----

  /** The next message of the stream. */
  void onRead(StreamMessage message, long storedAtMicros) {
    lock.lock();
    try {
      boolean isForeign = message.relay() != relay;
      if (isForeign) {
        duty.onForeign(nanoClock.getAsLong());
      }
      if (message instanceof OneEvent event) {
        onStored(QueuedMessage.key(event), storedAtMicros, isForeign);
      } else if (message instanceof PointMark mark) {
        settled.onMark(mark);
        if (isForeign) {
          leaveWhatIsSettled();
        }
      }
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void onStored(long key, long storedAtMicros, boolean isForeign) {
    published.add(key, storedAtMicros);
    QueuedMessage waiting = events.get(key);
    if (waiting != null) {
      leave(waiting);
      if (isForeign) {
        meters.dropped(1);
      }
      dropGone();
    }
  }

  /** A mark of another relay says the same as an own one, and what came to nothing there. */
  @GuardedBy("lock")
  private void leaveWhatIsSettled() {
    for (QueuedMessage message : messages) {
      Event event = message.event();
      if (event == null) {
        leave(message);
      } else if (!message.isGone() && !message.isLate() && settled.contains(event)) {
        leave(message);
        meters.dropped(1);
      }
    }
    dropGone();
  }

  @GuardedBy("lock")
  private void leave(QueuedMessage message) {
    if (!message.isGone()) {
      message.go();
      bytes -= message.bytes();
      if (message.event() != null) {
        events.remove(message.key());
      }
      room.signal();
    }
  }

  @GuardedBy("lock")
  private void dropGone() {
    for (QueuedMessage first = messages.peek();
        first != null && first.isGone();
        first = messages.peek()) {
      messages.remove();
    }
  }

  /** The stream has lost what this relay has published, or was made anew. */
  void onMissing() {
    lock.lock();
    try {
      acknowledged = 0;
    } finally {
      lock.unlock();
    }
  }

  /** The last mark of the stream; null if there is none. */
  @Nullable PointMark lastMark() {
    lock.lock();
    try {
      return settled.last();
    } finally {
      lock.unlock();
    }
  }

  // ---- From the publisher ----

  /**
   * Waits until there is something to be published by this relay, but not for long.
   *
   * @param longestMillis for how long at most
   */
  void await(long longestMillis) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long leftNanos = TimeUnit.MILLISECONDS.toNanos(longestMillis);
      while (leftNanos > 0 && !isDue()) {
        leftNanos = work.awaitNanos(leftNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean isDue() {
    QueuedMessage first = messages.peek();
    return first != null && duty.mayPublish(nanoClock.getAsLong(), first.queuedAtNanos());
  }

  /**
   * The first messages that wait, if this relay is to publish them; none if not.
   *
   * @param mostBytes of all of them, unless the first one alone has more
   */
  List<QueuedMessage> next(long mostBytes) {
    lock.lock();
    try {
      List<QueuedMessage> next = new ArrayList<>();
      long sum = 0;
      if (isDue()) {
        for (QueuedMessage message : messages) {
          if (!message.isGone()) {
            sum += message.bytes();
            if (!next.isEmpty() && sum > mostBytes) {
              break;
            }
            next.add(message);
          }
        }
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** The end of the stream as far as it is known, if so much of it has been read. */
  long end(long readUntil) {
    lock.lock();
    try {
      return Math.max(readUntil, acknowledged);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The engine has stored a part of what {@link #next} gave.
   *
   * @param sequence of the last message
   */
  void onPartStored(long sequence) {
    lock.lock();
    try {
      acknowledged = sequence;
      duty.onStored();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The engine has stored all that {@link #next} gave.
   *
   * @param sequence of the last message
   * @param nowMicros about the engine's clock
   */
  void onStored(List<QueuedMessage> stored, long sequence, long nowMicros) {
    lock.lock();
    try {
      onPartStored(sequence);
      for (QueuedMessage message : stored) {
        if (message.event() == null) {
          leave(message);
        } else {
          onStored(message.key(), nowMicros, false);
        }
      }
      dropGone();
    } finally {
      lock.unlock();
    }
  }

  // ---- For operators ----

  boolean isActive() {
    lock.lock();
    try {
      return duty.isActive();
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return events.size();
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** For how long the first of what waits has waited. */
  long oldestWaitNanos() {
    lock.lock();
    try {
      QueuedMessage first = messages.peek();
      return first == null ? 0 : nanoClock.getAsLong() - first.queuedAtNanos();
    } finally {
      lock.unlock();
    }
  }
}
