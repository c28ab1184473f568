package herald.gateway.feed;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and publishes the few rows that have just been announced, on the thread that hears of them:
 * it asks for them, gets the answer and hands it to the event loops. So an event wakes one thread
 * less, and none waits for the database. With a {@link FeedLoop} that thread is an event loop
 * itself, which is not woken for the events of its own clients.
 *
 * <p>It does what is simple. Whatever else there is belongs to the fetch thread: many rows at once,
 * a catch-up, blasts and large texts and what waits for them, new chats, rows that are not there,
 * and each failure. Then the rows stay pending, but for those before the first that is not simple,
 * and the fetch thread reads them again. So this may fail at any time and loses nothing by it.
 *
 * <p>Nothing here waits for an answer. The turn is taken when something is heard and nobody has it,
 * kept while a reading is under way, and given back when nothing waits. On an event loop, what has
 * been read is published when nobody else has the dispatch lock.
 */
final class DirectFetch {
  private static final Logger LOG = LoggerFactory.getLogger(DirectFetch.class);

  /** More than these are read in parts, by {@link ReadAhead}. */
  private static final int MOST_ROWS = 200;

  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** So often something is read, that nothing in between takes the connection for dead. */
  private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final NotificationQueue queue;
  private final RowIntake intake;
  private final PendingRows pending;
  private final RowPublisher publisher;
  private final Progress progress;
  private final FeedTurn turn;
  private final BooleanSupplier isCatchUpWanted;
  private final Supplier<@Nullable DirectConnection> connection;
  private final @Nullable FeedLoop loop;
  private final FeedMeters meters;
  private final IsolatedFailures failures;
  private final int mostRows;
  private final IntervalLog refusals = new IntervalLog(LOG);

  /**
   * Whether the turn is held here: what is heard meanwhile is looked at before it is given back.
   */
  private volatile boolean hasTurn;

  /** Of whoever has the turn. */
  private boolean isForFetchThread;

  /** Of whoever has the turn. */
  private long lastReadNanos = System.nanoTime();

  /**
   * @param maxBatch rows that are read at once at most
   * @param isCatchUpWanted whether the table is to be read first
   * @param connection what to read from; null if there is none
   * @param loop on which it is done; null for a thread that may wait for moments
   */
  DirectFetch(
      int maxBatch,
      NotificationQueue queue,
      RowIntake intake,
      PendingRows pending,
      RowPublisher publisher,
      Progress progress,
      FeedTurn turn,
      BooleanSupplier isCatchUpWanted,
      Supplier<@Nullable DirectConnection> connection,
      @Nullable FeedLoop loop,
      FeedMeters meters,
      IsolatedFailures failures) {
    mostRows = Math.min(MOST_ROWS, maxBatch);
    this.queue = queue;
    this.intake = intake;
    this.pending = pending;
    this.publisher = publisher;
    this.progress = progress;
    this.turn = turn;
    this.isCatchUpWanted = isCatchUpWanted;
    this.connection = connection;
    this.loop = loop;
    this.meters = meters;
    this.failures = failures;
  }

  /**
   * Something has been heard and is in the queue. It is read when this thread has handed over all
   * that came with it, so that the rows of one transaction share a reading, and those of
   * transactions that were committed at the same time. The listener's connection's thread; never
   * waits.
   */
  void onHeard() {
    DirectConnection usable = connection.get();
    if (usable != null && hasTaken()) {
      hasTurn = true;
      isForFetchThread = false;
      try {
        usable.execute(this::goOn);
      } catch (RejectedExecutionException e) {
        // The thread is being ended.
        goOn();
      }
    } else if (!hasTurn) {
      queue.announce();
    }
  }

  /** Has a reading fail that takes too long, so that its turn ends. Any thread. */
  void giveUpIfOverdue() {
    DirectConnection reading = connection.get();
    if (reading != null && reading.readingNanos() > LONGEST_NANOS) {
      reading.close();
    }
  }

  /** Goes on until a reading is under way, or nothing is to be done here. Has the turn. */
  private void goOn() {
    do {
      if (hasBegunToRead()) {
        return;
      }
    } while (hasMoreAfterGivingBack());
  }

  private boolean hasBegunToRead() {
    try {
      DirectConnection usable = connection.get();
      if (usable == null || isForFetchThread || !isSimple()) {
        isForFetchThread = true;
        return false;
      }
      intake.take(mostRows);
      // Only now: what a new connection of the listener has brought comes behind what was missed.
      if (isCatchUpWanted.getAsBoolean()) {
        isForFetchThread = true;
        return false;
      }
      intake.addTaken();
      if (pending.isEmpty()) {
        intake.onRead();
        if (System.nanoTime() - lastReadNanos < KEEP_ALIVE_NANOS) {
          return false;
        }
      }
      lastReadNanos = System.nanoTime();
      usable.read(
          new LinkedHashMap<>(pending.receivedAtNanos()),
          RpcLogReader.LARGE_TEXT_BYTES,
          new Answer(usable));
      return true;
    } catch (Throwable e) {
      isForFetchThread = true;
      failures.isolated(Place.FETCH, e);
      return false;
    }
  }

  /** Whether nothing waits but a few rows that have been announced. */
  private boolean isSimple() {
    return pending.isEmpty()
        && publisher.holdsNothing()
        && !isCatchUpWanted.getAsBoolean()
        && !intake.hasUnannounced()
        && !queue.hasOverflowed()
        && queue.size() <= mostRows;
  }

  /** Gives the turn back; whether it has been taken again, since more was heard meanwhile. */
  private boolean hasMoreAfterGivingBack() {
    boolean isForOther = isForFetchThread;
    hasTurn = false;
    turn.giveBack();
    if (isForOther) {
      queue.wake();
      return false;
    }
    if (!queue.hasAny()) {
      return false;
    }
    if (!hasTaken()) {
      queue.announce();
      return false;
    }
    hasTurn = true;
    isForFetchThread = false;
    return true;
  }

  /** Takes the turn if nobody has it or waits for it: the fetch thread must not wait for ever. */
  private boolean hasTaken() {
    return !turn.isAwaited() && turn.tryTake();
  }

  /** Publishes what has been read, or leaves it to the fetch thread. */
  private final class Answer implements DirectConnection.Answer {
    private final DirectConnection from;

    Answer(DirectConnection from) {
      this.from = from;
    }

    @Override
    public void onRows(List<RpcLog> rows, long nanos) {
      try {
        if (hasPutOff(rows, nanos)) {
          return;
        }
      } catch (Throwable e) {
        isForFetchThread = true;
        failures.isolated(Place.FETCH, e);
      }
      if (turn.isAwaited()) {
        // However much is announced meanwhile: the fetch thread must not wait for ever.
        isForFetchThread = true;
      }
      goOn();
    }

    /** Publishes, unless that has to be tried again in a moment. */
    private boolean hasPutOff(List<RpcLog> rows, long nanos) {
      if (loop == null) {
        publish(rows, nanos);
        return false;
      }
      if (!loop.tryEnter()) {
        from.executeLater(() -> onRows(rows, nanos));
        return true;
      }
      try {
        publish(rows, nanos);
      } finally {
        loop.leave();
      }
      return false;
    }

    private void publish(List<RpcLog> rows, long nanos) {
      try {
        publishSimple(rows, nanos);
        isForFetchThread = !pending.isEmpty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        isForFetchThread = true;
      } catch (Throwable e) {
        isForFetchThread = true;
        failures.isolated(Place.FETCH, e);
      }
    }

    @Override
    public void onFailure(Throwable why) {
      isForFetchThread = true;
      meters.failed();
      refusals.warn(
          "rows could not be read where they were heard of, the fetch thread reads them: "
              + DatabaseRetry.describe(why));
      if (from.isOpen()) {
        // What is wrong may stay so, as a statement does that was prepared for other columns.
        failures.run(Place.FETCH, from::close);
      }
      goOn();
    }
  }

  /** Publishes the first rows, as far as they are simple; the others stay pending. */
  private void publishSimple(List<RpcLog> rows, long nanos) throws InterruptedException {
    List<RpcLog> simple = firstSimple(rows);
    if (!simple.isEmpty()) {
      meters.fetchedDirectly(simple.size(), nanos);
      long readAtNanos = System.nanoTime();
      publisher.publish(simple, readAtNanos, progress.point());
      pending.remove(new RowSource.Rows(simple, Set.of(), Set.of(), readAtNanos, nanos));
      intake.onRead();
    }
  }

  /** Those before the first one that is not there, or for which more has to be read. */
  private List<RpcLog> firstSimple(List<RpcLog> rows) {
    int simple = 0;
    for (String signature : pending.receivedAtNanos().keySet()) {
      if (simple == rows.size()
          || !rows.get(simple).sig().equals(signature)
          || !isSimple(rows.get(simple))) {
        break;
      }
      simple++;
    }
    return rows.subList(0, simple);
  }

  /** Whether nothing more has to be read for it. */
  private static boolean isSimple(RpcLog row) {
    return !row.isBeside() && Method.of(row.methodName()) != Method.CHAT_CREATE;
  }
}
