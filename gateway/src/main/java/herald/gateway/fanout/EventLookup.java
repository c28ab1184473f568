package herald.gateway.fanout;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds events of the log by a number of theirs, however many events there are. Holds numbers and
 * no events: what has left the log is not kept by this.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock.
 */
final class EventLookup {
  /** Numbers are timestamps in microseconds or digests: few events have the same one. */
  private static final int MAX_LOOKED_AT = 64;

  /** More than are added by each event, so that what has left the log does not pile up. */
  private static final int FORGOTTEN_AT_A_TIME = 2;

  private final EventLog log;
  private final ToLongFunction<Event> key;
  private final Map<Long, Entry> byKey = new HashMap<>();
  private final ArrayDeque<Entry> byPosition = new ArrayDeque<>();

  private static final class Entry {
    private final long key;
    private final long position;

    /** The next event with the same number. */
    private @Nullable Entry next;

    /** Of the first event with a number: the last one with it. */
    private Entry last = this;

    private Entry(long key, long position) {
      this.key = key;
      this.position = position;
    }
  }

  /**
   * @param key the number of an event
   */
  EventLookup(EventLog log, ToLongFunction<Event> key) {
    this.log = log;
    this.key = key;
  }

  /** Adds an event that is in the log. */
  void append(Event event) {
    for (int i = 0; i < FORGOTTEN_AT_A_TIME; i++) {
      forgetOldest();
    }
    Entry entry = new Entry(key.applyAsLong(event), event.position());
    byPosition.add(entry);
    Entry first = byKey.putIfAbsent(entry.key, entry);
    if (first != null) {
      first.last.next = entry;
      first.last = entry;
    }
  }

  /** The first event with this number that is wanted, if it is among the first that have it. */
  @Nullable Event first(long wanted, Predicate<Event> isWanted) {
    Entry entry = byKey.get(wanted);
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
    // Those with the same number stand in the order of their positions: it is the first of them.
    Entry next = oldest.next;
    if (next == null) {
      byKey.remove(oldest.key);
    } else {
      next.last = oldest.last;
      byKey.put(oldest.key, next);
    }
    return true;
  }

  /** Events that are held, and those that have left the log a moment ago. */
  int size() {
    return byPosition.size();
  }
}
