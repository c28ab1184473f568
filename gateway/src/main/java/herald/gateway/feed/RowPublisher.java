package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.Event;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.metrics.PushMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From rows to published events: decides what becomes of each row, has blasts expanded beside it,
 * and holds back what has to wait for them. Fetch thread.
 *
 * <p>A row is noted as seen when it has been published, dropped for a reason that is counted, or
 * held back.
 */
final class RowPublisher implements AutoCloseable {
  private final NewChatReader newChats;
  private final BlastExpander blasts;
  private final EventFactory factory;
  private final RowEvents rowEvents;
  private final Dispatcher dispatcher;
  private final DuplicateFilter seen;
  private final Outcomes outcomes;
  private final DatabaseRetry retry;
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
      FeedSettings settings,
      NewChatReader newChats,
      BlastExpander blasts,
      BlastBarrier barrier,
      RowPlacing placing,
      Dispatcher dispatcher,
      DuplicateFilter seen,
      Outcomes outcomes,
      DatabaseRetry retry,
      IsolatedFailures failures,
      FeedMeters meters,
      PushMeters push,
      Runnable turn) {
    this.newChats = newChats;
    this.blasts = blasts;
    this.dispatcher = dispatcher;
    this.seen = seen;
    this.outcomes = outcomes;
    this.retry = retry;
    this.failures = failures;
    times = new RowTimes(push, failures);
    this.barrier = barrier;
    this.placing = placing;
    this.turn = turn;
    factory = new EventFactory(settings);
    EventBound bound = new EventBound(settings.maxEventBytes().bytes());
    rowEvents = new RowEvents(bound, barrier, outcomes, meters);
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
      dispatcher.publish(events);
    }
  }

  /** Publishes the blasts that have been expanded meanwhile, and what was held back for them. */
  void publishDoneBlasts() throws InterruptedException {
    do {
      BlastExpander.Expansion done = blasts.takeDone(barrier);
      while (done != null) {
        publish(done);
        done = blasts.takeDone(barrier);
      }
    } while (hasPublishedReleased());
  }

  private void publish(BlastExpander.Expansion done) {
    try {
      dispatcher.publish(rowEvents.of(done));
    } catch (Throwable e) {
      failures.isolated(Place.FETCH, e);
      outcomes.unreadable(done.log().sig(), Method.CHAT_BLAST, e);
    } finally {
      barrier.leave(done.held());
    }
  }

  private boolean hasPublishedReleased() throws InterruptedException {
    HeldRow row = barrier.pollReleased();
    boolean isAny = row != null;
    List<Event> events = new ArrayList<>();
    try {
      for (; row != null; row = barrier.pollReleased()) {
        isolated(row.row(), row.number(), row, events);
        blasts.onRowLeft();
      }
    } finally {
      dispatcher.publish(events);
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
          held = held == null && log.isBlast() ? barrier.begin(log.withoutText(), number) : held;
          isExpanded = decide(log, held, false, events);
        }
        case IS_A_GAP -> isExpanded = decide(log, held, true, events);
        case JOINED -> outcomes.dropped(log, Method.CHAT_BLAST, Outcome.TOO_MANY_WAITING);
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
        barrier.leave(held);
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
          dispatcher.publish(events);
          events.clear();
          turn.run();
          publishDoneBlasts();
        });
  }

  /**
   * Says whether it is a blast, which is published later.
   *
   * @param held of a blast what holds up the rows behind it
   * @param isTooEarly whether those whom it concerns are told of a gap
   */
  private boolean decide(RpcLog log, @Nullable HeldRow held, boolean isTooEarly, List<Event> events)
      throws InterruptedException {
    EventFactory.Decision decision = factory.decide(log);
    if (decision instanceof EventFactory.Decision.Push decided) {
      events.addAll(rowEvents.of(log, decided.method(), List.of(decided.event()), isTooEarly));
    } else if (decision instanceof EventFactory.Decision.Blast blast && held != null) {
      blasts.begin(blast, held);
      return true;
    } else if (decision instanceof EventFactory.Decision.Create create) {
      addBlastsOfNewChat(create, isTooEarly, events);
    } else if (decision instanceof EventFactory.Decision.Nothing nothing) {
      outcomes.dropped(log, nothing.method(), nothing.outcome());
    }
    return false;
  }

  private void addBlastsOfNewChat(
      EventFactory.Decision.Create create, boolean isTooEarly, List<Event> events)
      throws InterruptedException {
    RpcLog log = create.log();
    List<Event> found =
        retry.orGiveUp(
            () -> newChats.read(log, create.chatId()),
            failure -> outcomes.unreadable(log.sig(), Method.CHAT_CREATE, failure));
    if (found != null && found.isEmpty()) {
      outcomes.dropped(log, Method.CHAT_CREATE, Outcome.NOT_FOR_ANYBODY);
    } else if (found != null) {
      events.addAll(rowEvents.of(log, Method.CHAT_CREATE, found, isTooEarly));
    }
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
    blasts.close();
  }
}
