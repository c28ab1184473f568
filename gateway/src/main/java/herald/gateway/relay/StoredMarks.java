package herald.gateway.relay;

import herald.gateway.feed.FeedMark;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The marks of the own feed, and which of them have all that was handed over before them in the
 * stream. Not thread safe: the queue guards it.
 */
final class StoredMarks {
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** A mark, and how many messages have been handed over up to it, with itself. */
  private record Waiting(FeedMark mark, long messages) {}

  /** A mark is handed over; one with nothing between it and the one before takes its place. */
  void add(FeedMark mark, long messages) {
    Waiting last = waiting.peekLast();
    if (last != null && last.messages() == messages) {
      waiting.removeLast();
    }
    waiting.add(new Waiting(mark, messages));
  }

  /**
   * Takes the last mark before which all stands in the stream.
   *
   * @param gone how many of the first messages that were handed over wait no more
   * @return null if there is none anew
   */
  @Nullable FeedMark take(long gone) {
    FeedMark last = null;
    while (!waiting.isEmpty() && waiting.element().messages() <= gone) {
      last = waiting.remove().mark();
    }
    return last;
  }
}
