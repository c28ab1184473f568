package herald.gateway.feed;

import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.Supervisor;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads rows with large texts, each with a statement and on a connection of its own, and encodes
 * their events, on threads of their own: a text of megabytes takes tens of milliseconds, in which
 * nobody else's next event is to wait.
 *
 * <p>At most as many texts as there are threads are in memory and not taken. One that turns out to
 * have to wait for others, since it is in a chat with them, is let go and read again in its turn.
 * One sender has one row here at a time, since the barrier holds the next one back, and rows are
 * taken in the order in which they come: so senders take turns.
 */
final class LargeRows implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LargeRows.class);

  private final Reader reader;
  private final EventFactory factory;
  private final FeedMeters meters;
  private final Supplier<@Nullable String> control;
  private final ReadersBeside<LargeRow> readers;

  /** Those that no thread has taken yet. Fetch thread. */
  private final ArrayDeque<LargeRow> waiting = new ArrayDeque<>();

  /** How many threads have one, or have given it back. Fetch thread. */
  private int begun;

  /** Those that have been read, and wait for what was before them in their chats. Fetch thread. */
  private final List<LargeRow> behindOthers = new ArrayList<>();

  /** Whether something has left since for which they may have waited. Fetch thread. */
  private boolean hasAnyLeft;

  /** Reads one row with its text. */
  @FunctionalInterface
  interface Reader {
    /** The row; null if it is not there. */
    @Nullable RpcLog read(String signature, long receivedAtNanos) throws SQLException;
  }

  /**
   * @param queryTimeoutMillis the longest that one statement may take
   * @param control asks the database for something that must work, and says why it does not; null
   *     if it works
   * @param onDone called when {@link #takeDone} may have something; on a thread of this
   */
  LargeRows(
      Reader reader,
      EventFactory factory,
      int queryTimeoutMillis,
      FeedMeters meters,
      Supervisor supervisor,
      Supplier<@Nullable String> control,
      Runnable onDone) {
    this.reader = reader;
    this.factory = factory;
    this.meters = meters;
    this.control = control;
    readers =
        new ReadersBeside<>(
            "herald-large-texts",
            queryTimeoutMillis,
            supervisor,
            this::read,
            LargeRow::hasFailed,
            onDone);
  }

  /**
   * Begins with a row. Fetch thread.
   *
   * @param held what holds up the rows behind it
   */
  void begin(RpcLog unread, HeldRow held) {
    waiting.add(new LargeRow(unread, held));
    beginNext();
  }

  private void beginNext() {
    while (begun < ReadersBeside.THREADS && !waiting.isEmpty()) {
      readers.begin(waiting.element());
      // Only now: what can't be handed over stays here.
      waiting.remove();
      begun++;
    }
  }

  /** The next row that can be published, or can't be read; null if there is none. Fetch thread. */
  @Nullable LargeRow takeDone(BlastBarrier barrier) {
    for (LargeRow row = readers.poll(); row != null; row = readers.poll()) {
      begun--;
      if (!row.mustWait(barrier)) {
        // The next one is begun when this has been published.
        return row;
      }
      row.letGo();
      behindOthers.add(row);
    }
    if (hasAnyLeft) {
      hasAnyLeft = false;
      for (Iterator<LargeRow> each = behindOthers.iterator(); each.hasNext(); ) {
        LargeRow row = each.next();
        if (!row.mustWait(barrier)) {
          each.remove();
          waiting.add(row);
        }
      }
    }
    beginNext();
    return null;
  }

  /** A row has left the barrier for which another may have waited. Fetch thread. */
  void onRowLeft() {
    hasAnyLeft = true;
  }

  private void read(LargeRow row) throws InterruptedException {
    RpcLog unread = row.unread();
    row.begin();
    DatabaseRetry retry = new DatabaseRetry(meters, LOG, control, () -> {});
    RpcLog log =
        retry.orGiveUp(
            () -> {
              RpcLog read = reader.read(unread.sig(), unread.receivedAtNanos());
              return read == null ? unread : read;
            },
            row::hasFailed);
    if (log != null && !log.isUnread()) {
      row.isRead(log, factory.decide(log));
    }
  }

  @Override
  public void close() {
    readers.close();
  }
}
