package herald.gateway.exchange;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The marks of this instance that have been handled: what was committed before such a mark is in
 * the log below its position. Exchange's thread.
 */
final class OwnMarks {
  /**
   * A mark that has been handled.
   *
   * @param position all that was committed before the mark is below it in the log
   */
  record Handled(Mark mark, long position, long atNanos) {}

  /** More than there are probes within the retention, unless others send some in this name. */
  static final int MAX_MARKS = 100_000;

  private final Deque<Handled> ascending = new ArrayDeque<>();
  private final long retentionNanos;
  private final Mark begin;

  /**
   * @param begin stands for the time before the first mark
   */
  OwnMarks(long retentionNanos, Mark begin) {
    this.retentionNanos = retentionNanos;
    this.begin = begin;
  }

  int size() {
    return ascending.size();
  }

  void add(Mark mark, long position, long nowNanos) {
    ascending.add(new Handled(mark, position, nowNanos));
    while (ascending.size() > MAX_MARKS
        || nowNanos - ascending.element().atNanos() > retentionNanos) {
      ascending.remove();
    }
  }

  /** The latest mark before which everything is below this position. */
  Mark before(long position) {
    for (Iterator<Handled> each = ascending.descendingIterator(); each.hasNext(); ) {
      Handled handled = each.next();
      if (handled.position() <= position) {
        return handled.mark();
      }
    }
    return begin;
  }

  /** The latest mark that was handled at this moment or before; null if there is none. */
  @Nullable Handled handledAt(long nanos) {
    for (Iterator<Handled> each = ascending.descendingIterator(); each.hasNext(); ) {
      Handled handled = each.next();
      if (handled.atNanos() - nanos <= 0) {
        return handled;
      }
    }
    return null;
  }
}
