package herald.gateway.stream;

import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Events that the stream has brought while the database's notifications are read, and that have not
 * come from there yet, in the order of the stream. Not thread-safe: the switch guards it.
 */
final class ParkedEvents {
  /** Of their bytes; with more, it is time to go back to the stream. */
  static final long MAX_BYTES = 64L << 20;

  private final Map<Long, Parked> events = new LinkedHashMap<>();
  private long bytes;

  /**
   * An event that waits.
   *
   * @param isLate whether a mark before it had said that all of its time stood in the stream: the
   *     relay has found it late, and the database's feed here may not have found it at all
   */
  private record Parked(Event event, long bytes, boolean isLate) {}

  void add(long key, Event event, boolean isLate) {
    Parked parked = new Parked(event, event.contentBytes(), isLate);
    if (events.putIfAbsent(key, parked) == null) {
      bytes += parked.bytes();
    }
  }

  /** The event has come from the database. */
  void remove(long key) {
    Parked parked = events.remove(key);
    bytes -= parked == null ? 0 : parked.bytes();
  }

  /**
   * All rows before this mark have been read in the database: what has not come from there has come
   * to nothing there, and would be out of its order by now.
   *
   * @return how many have left
   */
  int leaveWhatIsSettled(FeedMark mark) {
    int before = events.size();
    events
        .values()
        .removeIf(
            parked -> {
              boolean isGone = !parked.isLate() && MarkedRows.contains(mark, parked.event());
              bytes -= isGone ? parked.bytes() : 0;
              return isGone;
            });
    return before - events.size();
  }

  boolean isFull() {
    return bytes > MAX_BYTES;
  }

  /** Gives out all, in their order. */
  List<Event> takeAll() {
    List<Event> all = new ArrayList<>(events.size());
    events.values().forEach(parked -> all.add(parked.event()));
    events.clear();
    bytes = 0;
    return all;
  }
}
