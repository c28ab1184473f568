package herald.gateway.feed;

import herald.gateway.fanout.Event;
import herald.gateway.fanout.FeedTarget;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.metrics.PushMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From rows to published events: has it decided what becomes of each row, has blasts expanded and
 * large texts read beside it, and holds back what has to wait for them. Fetch thread.
 *
 * <p>A row is noted as seen when it has been published, dropped for a reason that is counted, or
 * held back.
 */
final class RowPublisher implements AutoCloseable {
  private final RowsReadBeside beside;
  private final RowDecisions decisions;
  private final FeedTarget target;
  private final DuplicateFilter seen;
  private final Outcomes outcomes;
  private final IsolatedFailures failures;
  private final RowTimes times;
  private final Runnable turn;
  private final BlastBarrier barrier;
  private final RowPlacing placing;

  /** Numbers the rows in the order in which they were read. */
  private long rowsRead;

  /**
   * @param barrier nobody else's
   * @param placing finds where rows stand before that barrier
   * @param turn called while it waits
   */
  RowPublisher(
      RowDecisions decisions,
      RowEvents rowEvents,
      BlastExpander blasts,
      LargeRows largeRows,
      BlastBarrier barrier,
      RowPlacing placing,
      FeedTarget target,
      DuplicateFilter seen,
      Outcomes outcomes,
      IsolatedFailures failures,
      FeedMeters meters,
      PushMeters push,
      Runnable turn) {
    this.decisions = decisions;
    beside =
        new RowsReadBeside(
            blasts, largeRows, decisions, rowEvents, barrier, target, outcomes, failures, turn);
    this.target = target;
    this.seen = seen;
    this.outcomes = outcomes;
    this.failures = failures;
    times = new RowTimes(push, failures);
    this.barrier = barrier;
    this.placing = placing;
    this.turn = turn;
    meters.behindBlasts(barrier::rows, barrier::bytes);
  }

  /**
   * The table is read from now on, not what notifications told of.
   *
   * @param isTimed see {@link RowTimes#setTimed}
   */
  void onTableBegin(boolean isTimed) {
    times.setTimed(isTimed);
    placing.onTableBegin();
  }

  /** The table has been read, or can't be. */
  void onTableEnd() {
    times.setTimed(true);
    placing.onTableEnd();
  }

  /**
   * Publishes rows that have just been read.
   *
   * @param readAtNanos when, on the clock of {@code System.nanoTime}
   * @param point a point of the history in which the rows were written
   */
  void publish(List<RpcLog> logs, long readAtNanos, FeedPoint point) throws InterruptedException {
    times.read(logs, readAtNanos);
    long beginNanos = System.nanoTime();
    List<Event> events = new ArrayList<>(logs.size());
    try {
      for (RpcLog log : logs) {
        if (!seen.contains(log.sig())) {
          isolated(log, ++rowsRead, null, events);
          long xid = point.fullXid(log.xid());
          long nowNanos = System.nanoTime();
          seen.add(log.sig(), xid, log.appliedAtMicros(), point.clockMicros(), nowNanos);
        }
      }
      if (!logs.isEmpty()) {
        times.encoded(logs, events, readAtNanos, beginNanos);
      }
    } finally {
      // Whatever is thrown: when the same rows are read again, those that have been handled are
      // left out, so that no blast is begun twice, and so their events are due now.
      target.publish(events, turn);
    }
  }

  /** Publishes what has been read beside meanwhile, and what was held back for it. */
  void publishDone() throws InterruptedException {
    boolean isAny = true;
    while (isAny) {
      isAny = beside.hasPublishedDone();
      isAny |= hasPublishedReleased();
    }
  }

  private boolean hasPublishedReleased() throws InterruptedException {
    HeldRow row = barrier.pollReleased();
    boolean isAny = row != null;
    List<Event> events = new ArrayList<>();
    try {
      for (; row != null; row = barrier.pollReleased()) {
        isolated(row.row(), row.number(), row, events);
      }
    } finally {
      target.publish(events, turn);
    }
    return isAny;
  }

  /**
   * One row's failure, such as too little memory for its event, costs that row alone.
   *
   * @param released null if the row has just been read
   */
  private void isolated(RpcLog log, long number, @Nullable HeldRow released, List<Event> events)
      throws InterruptedException {
    HeldRow held = released;
    boolean isExpanded = false;
    try {
      BlastBarrier.Verdict verdict =
          released == null ? place(log, number, events) : BlastBarrier.Verdict.PASSES;
      switch (verdict) {
        case PASSES -> {
          held = held == null && log.isBeside() ? barrier.begin(log.withoutText(), number) : held;
          isExpanded = decisions.carryOut(log, held, false, events);
        }
        case IS_A_GAP -> isExpanded = decisions.carryOut(log, held, true, events);
        case JOINED -> outcomes.dropped(log, Method.of(log.methodName()), Outcome.TOO_MANY_WAITING);
        case WAITS, NO_ROOM -> {}
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      failures.isolated(Place.FETCH, e);
      outcomes.unreadable(log.sig(), Method.of(log.methodName()), e);
    } finally {
      // A blast that nobody expands would hold up its sender's chats for ever.
      if (held != null && !isExpanded) {
        beside.leave(held);
      }
    }
  }

  private BlastBarrier.Verdict place(RpcLog log, long number, List<Event> events)
      throws InterruptedException {
    return placing.place(
        log,
        number,
        () -> {
          // What is published meanwhile comes behind these.
          target.publish(events, turn);
          events.clear();
          turn.run();
          publishDone();
        });
  }

  /** Whether no row is held back, and none read beside. */
  boolean holdsNothing() {
    return barrier.rows() == 0;
  }

  /** How many rows have been read. */
  long rowsRead() {
    return rowsRead;
  }

  /** How many of the first rows that were read are published, or have come to nothing. */
  long rowsPublished() {
    return barrier.first(rowsRead + 1) - 1;
  }

  @Override
  public void close() {
    beside.close();
  }
}
