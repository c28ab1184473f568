package herald.gateway.fanout;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds events of the log by their timestamps, however many there are. Holds numbers and no events:
 * what has left the log is not kept by this.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock.
 */
final class EventTimes {
  /** Timestamps have microseconds: more than a few events with the same one are an exception. */
  private static final int MAX_LOOKED_AT = 64;

  /** More than are added by each event, so that what has left the log does not pile up. */
  private static final int FORGOTTEN_AT_A_TIME = 2;

  private final EventLog log;
  private final Map<Long, Entry> byTime = new HashMap<>();
  private final ArrayDeque<Entry> byPosition = new ArrayDeque<>();

  private static final class Entry {
    private final long micros;
    private final long position;

    /** The next event with the same timestamp. */
    private @Nullable Entry next;

    /** Of the first event with a timestamp: the last one with it. */
    private Entry last = this;

    private Entry(long micros, long position) {
      this.micros = micros;
      this.position = position;
    }
  }

  EventTimes(EventLog log) {
    this.log = log;
  }

  /** Adds an event that is in the log. */
  void append(Event event) {
    for (int i = 0; i < FORGOTTEN_AT_A_TIME; i++) {
      forgetOldest();
    }
    Entry entry = new Entry(event.relayedAtMicros(), event.position());
    byPosition.add(entry);
    Entry first = byTime.putIfAbsent(entry.micros, entry);
    if (first != null) {
      first.last.next = entry;
      first.last = entry;
    }
  }

  /** The first event with this timestamp that is wanted, if it is among the first that have it. */
  @Nullable Event first(long micros, Predicate<Event> isWanted) {
    Entry entry = byTime.get(micros);
    for (int i = 0; entry != null && i < MAX_LOOKED_AT; i++) {
      Event event = log.get(entry.position);
      if (event != null && isWanted.test(event)) {
        return event;
      }
      entry = entry.next;
    }
    return null;
  }

  /** Forgets what has left the log. */
  void forgetReleased() {
    boolean wasReleased = true;
    while (wasReleased) {
      wasReleased = forgetOldest();
    }
  }

  /** Forgets the oldest, if it has left the log. */
  private boolean forgetOldest() {
    Entry oldest = byPosition.peek();
    if (oldest == null || oldest.position >= log.head()) {
      return false;
    }
    byPosition.remove();
    // Those with the same timestamp stand in the order of their positions: it is the first of them.
    Entry next = oldest.next;
    if (next == null) {
      byTime.remove(oldest.micros);
    } else {
      next.last = oldest.last;
      byTime.put(oldest.micros, next);
    }
    return true;
  }

  /** Events that are held, and those that have left the log a moment ago. */
  int size() {
    return byPosition.size();
  }
}
