package herald.gateway.relay;

import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;
import herald.gateway.metrics.RelayMeters;
import herald.gateway.stream.EventKey;
import herald.gateway.stream.PublishedEvents;
import herald.gateway.stream.StreamMessage;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamMessage.PointMark;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the feed has handed over and does not stand in the stream yet, in commit order. Every relay
 * keeps it, also one that stands by: whatever is read in the stream leaves it, whoever has written
 * it.
 *
 * <p>Bounded in events and in bytes: when it is full, the feed waits. Any thread; this is the lock
 * of all that is in it, and held for moments.
 */
final class RelayQueue {
  private static final long TURN_MILLIS = 1_000;

  private final long relay;
  private final int maxEvents;
  private final long maxBytes;
  private final RelayDuty duty;
  private final RowsInStream stream;
  private final AcknowledgedMessages acknowledged = new AcknowledgedMessages();
  private WaitingMessages waiting = new WaitingMessages();
  private StoredMarks marks = new StoredMarks();
  private final LongSupplier nanoClock;
  private final RelayMeters meters;

  /** How often the stream was found to have lost messages at its end. */
  private int rewinds;

  /**
   * How often it had been when the last feed began: until another one has, nothing is published.
   */
  private int rewindsAtBegin;

  /** How often it had been when the message was made that is being published. */
  private int rewindsAtNext;

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
    this.stream = new RowsInStream(published);
    this.nanoClock = nanoClock;
    this.meters = meters;
  }

  // ---- From the feed ----

  /**
   * Takes events in their order, and waits while there is no room.
   *
   * @param feed what {@link #rewinds} was when it began: one that began before the stream lost its
   *     end is not listened to any more, since another one reads all of it again
   * @param turn is run while it waits
   */
  synchronized void publish(int feed, List<Event> events, Runnable turn)
      throws InterruptedException {
    for (Event event : events) {
      long key = EventKey.of(event);
      while (feed == rewinds && isNews(event, key) && isFull()) {
        turn.run();
        wait(TURN_MILLIS);
      }
      if (feed != rewinds) {
        return;
      }
      if (isNews(event, key)) {
        add(QueuedMessage.of(event, key, nanoClock.getAsLong(), stream.settles(event)));
      } else {
        meters.dropped(1);
      }
    }
  }

  private boolean isNews(Event event, long key) {
    return !waiting.containsEvent(key) && !stream.contains(event, key);
  }

  private boolean isFull() {
    return waiting.events() >= maxEvents || waiting.bytes() >= maxBytes;
  }

  private void add(QueuedMessage message) {
    waiting.add(message);
    notifyAll();
  }

  /** The feed begins where another one was. */
  synchronized void onBegin(FeedMark mark) {
    stream.onCluster(mark.point().cluster());
  }

  /** A feed begins to hand over what was found to be lost when this was {@link #rewinds}. */
  synchronized void onFeed(int feed) {
    rewindsAtBegin = feed;
  }

  /**
   * All that was handed over before stands before this mark. Never waits.
   *
   * @param feed see {@link #publish}
   */
  synchronized void onMark(int feed, FeedMark mark) {
    if (feed != rewinds) {
      // What was handed over before it may be lost.
      return;
    }
    stream.onCluster(mark.point().cluster());
    // Two marks with nothing between them are one, that has waited since the first.
    QueuedMessage last = waiting.removeLastMark();
    add(QueuedMessage.of(mark, last == null ? nanoClock.getAsLong() : last.queuedAtNanos()));
    marks.add(mark, waiting.added());
  }

  // ---- From the stream ----

  /** The next message of the stream. */
  synchronized void onRead(StreamMessage message, long storedAtMicros) {
    boolean isForeign = message.relay() != relay;
    stream.onRead(storedAtMicros);
    if (isForeign) {
      duty.onForeign(nanoClock.getAsLong());
    }
    if (message instanceof OneEvent event) {
      onStored(EventKey.of(event), event.appliedAtMicros(), storedAtMicros, isForeign);
    } else if (message instanceof PointMark mark) {
      stream.onMark(mark);
      if (isForeign) {
        leaveWhatIsSettled();
      }
    }
    notifyAll();
  }

  private void onStored(long key, long appliedAtMicros, long storedAtMicros, boolean isForeign) {
    stream.onEvent(key, appliedAtMicros, storedAtMicros);
    if (waiting.removeEvent(key) && isForeign) {
      meters.dropped(1);
    }
  }

  /** A mark of another relay says the same as an own one, and what came to nothing there. */
  private void leaveWhatIsSettled() {
    int before = waiting.events();
    waiting.removeIf(
        message -> {
          Event event = message.event();
          return event == null || (!message.isLate() && stream.settles(event));
        });
    meters.dropped(before - waiting.events());
  }

  /**
   * The stream is read from now on.
   *
   * @param end the last message that the stream has
   * @return whether it has lost what this relay has published and not read yet
   */
  synchronized boolean hasLostBehind(long end) {
    return acknowledged.isBeyond(end);
  }

  /**
   * A message is about to be read.
   *
   * @return whether it shows that the stream has lost what this relay has published and not read
   */
  synchronized boolean hasLostAt(long sequence, StreamMessage message) {
    return acknowledged.onRead(sequence, message.relay() == relay);
  }

  /** A message can't be read, whosever it is. */
  synchronized void onUnreadable(long sequence) {
    var unused = acknowledged.onRead(sequence, true);
  }

  /**
   * The stream has lost messages at its end, and is read again from its start: what is known to
   * stand there is forgotten, and what waits is left to the next feed, which finds all of it in the
   * table, in its order. Only what was found late stays, which that one does not look for.
   */
  synchronized void onRewound() {
    rewinds++;
    meters.rewound();
    acknowledged.beginAgain();
    stream.onRewound();
    WaitingMessages before = waiting;
    waiting = new WaitingMessages();
    marks = new StoredMarks();
    for (QueuedMessage message : before.all()) {
      if (message.isLate() && !message.isGone()) {
        waiting.add(message);
      }
    }
    notifyAll();
  }

  /** How often the stream has lost messages at its end. */
  synchronized int rewinds() {
    return rewinds;
  }

  /** The last mark that was read before the stream lost its end; null if there is none. */
  synchronized @Nullable PointMark markBeforeRewind() {
    return stream.markBeforeRewind();
  }

  /** The stream keeps messages for so long, which may be longer than this relay was told. */
  synchronized void rememberFor(long millis) {
    stream.rememberFor(millis);
  }

  /** The stream has lost what this relay has published, or what it has not read. */
  synchronized void onMissing() {
    stream.onMissing();
    acknowledged.forget();
  }

  /** The last mark of the stream; null if there is none. */
  synchronized @Nullable PointMark lastMark() {
    return stream.lastMark();
  }

  /**
   * Takes the last mark of the own feed before which all stands in the stream; null if there is
   * none anew.
   */
  synchronized @Nullable FeedMark takeStoredMark() {
    return marks.take(waiting.gone());
  }

  // ---- From the publisher ----

  /**
   * Waits until there is something to be published by this relay, but not for long.
   *
   * @param longestMillis for how long at most
   */
  synchronized void await(long longestMillis) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(longestMillis);
    long leftMillis = longestMillis;
    while (!isDue() && leftMillis > 0) {
      wait(leftMillis);
      leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    }
  }

  private boolean isDue() {
    if (rewindsAtBegin != rewinds) {
      // What was found late comes behind what was lost.
      return false;
    }
    QueuedMessage first = waiting.first();
    return first != null && duty.mayPublish(nanoClock.getAsLong(), first.queuedAtNanos());
  }

  /**
   * The first messages that wait, if this relay is to publish them; none if not.
   *
   * @param mostBytes of all of them, unless the first one alone has more
   */
  synchronized List<QueuedMessage> next(long mostBytes) {
    rewindsAtNext = rewinds;
    List<QueuedMessage> next = new ArrayList<>();
    if (!isDue()) {
      return next;
    }
    long bytes = 0;
    for (QueuedMessage message : waiting.all()) {
      if (!message.isGone()) {
        bytes += message.bytes();
        if (!next.isEmpty() && bytes > mostBytes) {
          break;
        }
        next.add(message);
      }
    }
    return next;
  }

  /** The end of the stream as far as it is known, if so much of it has been read. */
  synchronized long end(long readUntil) {
    return Math.max(readUntil, acknowledged.last());
  }

  /**
   * The engine has stored a part of what {@link #next} gave.
   *
   * @param sequence of the part
   */
  synchronized void onPartStored(long sequence) {
    if (rewindsAtNext == rewinds) {
      acknowledged.onPartStored(sequence);
    }
    duty.onStored();
  }

  /**
   * The engine has stored all that {@link #next} gave.
   *
   * @param sequence of the message, or of its last part
   * @param nowMicros about the engine's clock
   */
  synchronized void onStored(List<QueuedMessage> stored, long sequence, long nowMicros) {
    onPartStored(sequence);
    if (rewindsAtNext != rewinds) {
      // It may have been lost since, and is found when the stream is read.
      return;
    }
    acknowledged.onStored(sequence);
    for (QueuedMessage message : stored) {
      Event event = message.event();
      if (event != null) {
        onStored(message.key(), event.appliedAtMicros(), nowMicros, false);
      } else {
        waiting.remove(message);
      }
    }
    notifyAll();
  }

  // ---- For operators ----

  synchronized boolean isActive() {
    return duty.isActive();
  }

  /** How many events wait. */
  synchronized int size() {
    return waiting.events();
  }

  /** About what they take in memory. */
  synchronized long bytes() {
    return waiting.bytes();
  }

  /** For how long the first of what waits has waited. */
  synchronized long oldestWaitNanos() {
    QueuedMessage first = waiting.first();
    return first == null ? 0 : nanoClock.getAsLong() - first.queuedAtNanos();
  }
}
