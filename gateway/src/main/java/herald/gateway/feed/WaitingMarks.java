package herald.gateway.feed;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Marks of this instance that have been heard and wait until the rows before them are in the event
 * log, as behind a blast whose audience is read for long. One comes with each probe; when there are
 * too many the oldest goes, which makes positions rather too early. Fetch thread.
 */
final class WaitingMarks {
  static final int MAX_WAITING = 10_000;

  private final Deque<Waiting> waiting = new ArrayDeque<>();

  /** A mark, and how many rows had been read before it. */
  private record Waiting(FeedMark mark, long rowsBefore) {}

  void add(FeedMark mark, long rowsBefore) {
    if (waiting.size() == MAX_WAITING) {
      waiting.remove();
    }
    waiting.add(new Waiting(mark, rowsBefore));
  }

  /** The next mark before which only so many rows were read; null if there is none. */
  @Nullable FeedMark poll(long rowsPublished) {
    Waiting first = waiting.peek();
    if (first == null || first.rowsBefore() > rowsPublished) {
      return null;
    }
    waiting.remove();
    return first.mark();
  }
}
