package herald.gateway.exchange;

import herald.gateway.fanout.CommitPlace;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The marks of the stream that have been handled here. Each is in the stream once, so whoever has
 * read it has it at the same place, also one who began later. A stream that was made anew is
 * another one: the marks of the one before are not known any more. A stream that has lost its end
 * has other marks with the same sequences, which are later than all that were lost. Exchange's
 * thread.
 */
final class StreamMarks {
  /** More than are written within the retention. */
  static final int MAX_MARKS = 10_000;

  /** The position of this instance's log below which all is that stands before the mark. */
  private final TreeMap<Long, Placed> positions = new TreeMap<>();

  private @Nullable Mark last;

  /**
   * Where a mark stands.
   *
   * @param clockMicros the mark's
   */
  private record Placed(long position, long clockMicros) {}

  void add(Mark mark, long position) {
    if (last != null && last.instance() != mark.instance()) {
      positions.clear();
    }
    last = mark;
    // A message of the stream may hold several: the first is early enough for all.
    positions.putIfAbsent(mark.number(), new Placed(position, mark.clockMicros()));
    if (positions.size() > MAX_MARKS) {
      positions.pollFirstEntry();
    }
  }

  /** The last one; null before the first. */
  @Nullable Mark last() {
    return last;
  }

  /** The position of a mark, or of an earlier one; {@link CommitPlace#BEFORE_THE_LOG} if none. */
  long position(Mark mark) {
    if (last == null || last.instance() != mark.instance()) {
      return CommitPlace.BEFORE_THE_LOG;
    }
    Map.Entry<Long, Placed> entry = positions.floorEntry(mark.number());
    while (entry != null && entry.getValue().clockMicros() > mark.clockMicros()) {
      // It stands in the place of one that was lost.
      entry = positions.lowerEntry(entry.getKey());
    }
    return entry == null ? CommitPlace.BEFORE_THE_LOG : entry.getValue().position();
  }
}
