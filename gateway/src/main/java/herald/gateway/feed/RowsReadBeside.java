package herald.gateway.feed;

import herald.gateway.fanout.Event;
import herald.gateway.fanout.FeedTarget;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * Publishes blasts whose audience has been found and large texts that have been read, and lets go
 * what waits for them. Of whoever has the turn.
 */
final class RowsReadBeside implements AutoCloseable {
  private final BlastExpander blasts;
  private final LargeRows largeRows;
  private final RowDecisions decisions;
  private final RowEvents rowEvents;
  private final BlastBarrier barrier;
  private final FeedTarget target;
  private final Outcomes outcomes;
  private final IsolatedFailures failures;
  private final Runnable turn;

  /**
   * @param turn called while the target waits
   */
  RowsReadBeside(
      BlastExpander blasts,
      LargeRows largeRows,
      RowDecisions decisions,
      RowEvents rowEvents,
      BlastBarrier barrier,
      FeedTarget target,
      Outcomes outcomes,
      IsolatedFailures failures,
      Runnable turn) {
    this.blasts = blasts;
    this.largeRows = largeRows;
    this.decisions = decisions;
    this.rowEvents = rowEvents;
    this.barrier = barrier;
    this.target = target;
    this.outcomes = outcomes;
    this.failures = failures;
    this.turn = turn;
  }

  /** Publishes what has been read meanwhile; whether there was any. */
  boolean hasPublishedDone() throws InterruptedException {
    boolean isAny = false;
    BlastExpander.Expansion blast = blasts.takeDone(barrier);
    for (; blast != null; blast = blasts.takeDone(barrier)) {
      isAny = true;
      publish(blast);
    }
    LargeRow large = largeRows.takeDone(barrier);
    for (; large != null; large = largeRows.takeDone(barrier)) {
      isAny = true;
      publish(large);
    }
    return isAny;
  }

  private void publish(BlastExpander.Expansion done) throws InterruptedException {
    try {
      publish(done.log(), rowEvents.of(done));
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      failures.isolated(Place.FETCH, e);
      outcomes.unreadable(done.log().sig(), Method.CHAT_BLAST, e);
    } finally {
      leave(done.held());
    }
  }

  private void publish(LargeRow read) throws InterruptedException {
    HeldRow held = read.held();
    List<Event> events = new ArrayList<>(1);
    boolean isExpanded = false;
    try {
      isExpanded = decisions.carryOut(read, held, read.isTooEarly(barrier), events);
      if (!isExpanded) {
        events.replaceAll(Event::beside);
        publish(held.row(), events);
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      failures.isolated(Place.FETCH, e);
      outcomes.unreadable(read.sig(), Method.UNKNOWN, e);
    } finally {
      if (!isExpanded) {
        leave(held);
      }
    }
  }

  /** Others may have waited for the row, though there is nothing to publish of it. */
  private void publish(RpcLog log, List<Event> events) throws InterruptedException {
    if (events.isEmpty()) {
      target.onBesideWithoutEvents(log.order(true));
    } else {
      target.publish(events, turn);
    }
  }

  /** Lets a row go, which is published, or has come to nothing. */
  void leave(HeldRow held) {
    barrier.leave(held);
    blasts.onRowLeft();
    largeRows.onRowLeft();
  }

  @Override
  public void close() {
    blasts.close();
    largeRows.close();
  }
}
