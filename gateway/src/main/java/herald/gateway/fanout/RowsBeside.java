package herald.gateway.fanout;

import herald.protocol.EventId;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the last minutes that were not pushed in the order of commits, since something of
 * them was read beside the feed, whomever they concern. How long that takes differs between
 * instances, and what had to wait for them waited as long.
 *
 * <p>Bounded: of too many the oldest are taken together, and count as one from the first to the
 * last of them. Not thread-safe: it is reached under the dispatch lock.
 */
final class RowsBeside {
  /** What was published so long before an event was before it everywhere. */
  static final long LOOK_BACK_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** A row that was published sooner here may have taken this long on another instance. */
  private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** So many times longer may a row have taken on another instance. */
  private static final int SLOWER = 3;

  private static final int MAX_ROWS = 10_000;

  private final int maxRows;
  private final ArrayDeque<Row> rows = new ArrayDeque<>();

  /**
   * @param before the first position behind which others may have waited for it
   * @param besideUntilNanos until when it may have been beside the feed on another instance
   * @param id null if it has none, or if these are several rows
   */
  private record Row(
      long before,
      long receivedAtNanos,
      long besideUntilNanos,
      long appendedAtNanos,
      @Nullable EventId id) {
    boolean isOf(@Nullable EventId other) {
      return id != null && other != null && id.isOfSameRow(other);
    }

    Row and(Row later) {
      return new Row(
          before,
          Math.min(receivedAtNanos, later.receivedAtNanos),
          Math.max(besideUntilNanos, later.besideUntilNanos),
          later.appendedAtNanos,
          null);
    }
  }

  RowsBeside() {
    this(MAX_ROWS);
  }

  RowsBeside(int maxRows) {
    this.maxRows = maxRows;
  }

  /** An event has its place in the log. */
  void onIndexed(Event event) {
    RowOrder row = event.row();
    EventId id = event.encoded().id();
    Row last = rows.peekLast();
    // The events of one blast come one behind the other.
    if (row.isBeside() && (last == null || !last.isOf(id))) {
      add(row, event.position() + 1, event.appendedAtNanos(), id);
    }
  }

  /** A row has come to nothing, before the event of this position. */
  void onWithoutEvents(RowOrder row, long position, long nowNanos) {
    add(row, position, nowNanos, null);
  }

  private void add(RowOrder row, long before, long appendedAtNanos, @Nullable EventId id) {
    while (!rows.isEmpty()
        && appendedAtNanos - rows.element().appendedAtNanos() > LOOK_BACK_NANOS) {
      rows.remove();
    }
    if (rows.size() >= maxRows) {
      Row oldest = rows.remove();
      rows.addFirst(oldest.and(rows.remove()));
    }
    long receivedAtNanos = row.receivedAtNanos();
    long mayTakeNanos = Math.max(LEAST_NANOS, SLOWER * (appendedAtNanos - receivedAtNanos));
    rows.add(new Row(before, receivedAtNanos, receivedAtNanos + mayTakeNanos, appendedAtNanos, id));
  }

  /**
   * When the first row was notified that may have been pushed after the named event elsewhere
   * because of one of these, whose own row or chats it may have had to wait for; {@link
   * Long#MAX_VALUE} if none.
   */
  long since(Event named) {
    long since = Long.MAX_VALUE;
    for (Iterator<Row> newest = rows.descendingIterator(); newest.hasNext(); ) {
      Row row = newest.next();
      if (named.appendedAtNanos() - row.appendedAtNanos() > LOOK_BACK_NANOS) {
        break;
      }
      if (row.before() <= named.position()
          && !row.isOf(named.encoded().id())
          && named.row().receivedAtNanos() - row.besideUntilNanos() < 0) {
        since = Math.min(since, row.receivedAtNanos());
      }
    }
    return since;
  }
}
