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
  private static final int MAX_HELD_ROWS = 100_000;
  private static final long MAX_HELD_BYTES = 64L << 20;

  private final NewChatReader newChats;
  private final BlastExpander blasts;
  private final EventFactory factory;
  private final EventBound bound;
  private final Dispatcher dispatcher;
  private final DuplicateFilter seen;
  private final Outcomes outcomes;
  private final DatabaseRetry retry;
  private final IsolatedFailures failures;
  private final FeedMeters meters;
  private final PushMeters push;
  private final BlastBarrier barrier = new BlastBarrier(MAX_HELD_ROWS, MAX_HELD_BYTES);
  private boolean timed = true;

  /** Numbers the rows in the order in which they were read. */
  private long rowsRead;

  RowPublisher(
      FeedSettings settings,
      NewChatReader newChats,
      BlastExpander blasts,
      Dispatcher dispatcher,
      DuplicateFilter seen,
      Outcomes outcomes,
      DatabaseRetry retry,
      IsolatedFailures failures,
      FeedMeters meters,
      PushMeters push) {
    this.newChats = newChats;
    this.blasts = blasts;
    this.dispatcher = dispatcher;
    this.seen = seen;
    this.outcomes = outcomes;
    this.retry = retry;
    this.failures = failures;
    this.push = push;
    this.meters = meters;
    factory = new EventFactory(settings);
    bound = new EventBound(settings.maxEventBytes().bytes());
    meters.behindBlasts(barrier::rows, barrier::bytes);
  }

  /**
   * Says whether the stages of what comes are measured. What was committed before this instance
   * began is not: its age says nothing about this instance.
   */
  void setTimed(boolean isTimed) {
    timed = isTimed;
  }

  /**
   * Publishes rows that have just been read.
   *
   * @param readAtNanos when, on the clock of {@code System.nanoTime}
   * @param point a point of the history in which the rows were written
   */
  void publish(List<RpcLog> logs, long readAtNanos, FeedPoint point) throws InterruptedException {
    if (timed) {
      for (RpcLog log : logs) {
        push.passed(PushMeters.Stage.NOTIFICATION, log.notificationLagNanos());
        push.passed(PushMeters.Stage.FETCH, readAtNanos - log.receivedAtNanos());
      }
    }
    publishRows(logs);
    long nowNanos = System.nanoTime();
    for (RpcLog log : logs) {
      seen.add(
          log.sig(),
          point.fullXid(log.xid()),
          log.appliedAtMicros(),
          point.clockMicros(),
          nowNanos);
    }
  }

  /** Publishes the blasts that have been expanded meanwhile, and what was held back for them. */
  void publishDoneBlasts() throws InterruptedException {
    for (BlastExpander.Expansion done = blasts.takeDone(); done != null; done = blasts.takeDone()) {
      try {
        publish(done);
      } finally {
        barrier.leave(done.held());
      }
    }
    // Also what an exception has left in an earlier turn.
    publishReleased();
  }

  private void publish(BlastExpander.Expansion done) {
    Throwable failure = done.failure();
    if (failure != null) {
      outcomes.unreadable(done.log().sig(), Method.CHAT_BLAST, failure);
    } else if (done.isUnknown()) {
      outcomes.dropped(done.log(), Method.CHAT_BLAST, Outcome.UNKNOWN_BLAST);
    } else {
      List<Event> events = new ArrayList<>();
      add(done.log(), Method.CHAT_BLAST, done.events(), events);
      dispatcher.publish(events);
    }
  }

  private void publishRows(List<RpcLog> logs) throws InterruptedException {
    long beginNanos = System.nanoTime();
    List<Event> events = new ArrayList<>(logs.size());
    for (RpcLog log : logs) {
      isolated(log, ++rowsRead, null, events);
    }
    if (timed && !logs.isEmpty()) {
      push.passed(PushMeters.Stage.ENCODE, System.nanoTime() - beginNanos);
    }
    dispatcher.publish(events);
  }

  private void publishReleased() throws InterruptedException {
    List<Event> events = new ArrayList<>();
    for (HeldRow row = barrier.pollReleased(); row != null; row = barrier.pollReleased()) {
      isolated(row.row(), row.number(), row, events);
    }
    dispatcher.publish(events);
  }

  /**
   * One row's failure, such as too little memory for its event, costs that row alone.
   *
   * @param held null if the row has just been read
   */
  private void isolated(RpcLog log, long number, @Nullable HeldRow held, List<Event> events)
      throws InterruptedException {
    boolean isExpanded = false;
    try {
      isExpanded = (held != null || mayPass(log, number)) && decide(log, number, held, events);
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      failures.isolated(Place.FETCH, e);
      outcomes.unreadable(log.sig(), Method.of(log.methodName()), e);
    } finally {
      if (held != null && !isExpanded) {
        barrier.leave(held);
      }
    }
  }

  private boolean mayPass(RpcLog log, long number) {
    BlastBarrier.Verdict verdict = barrier.place(log, number);
    if (verdict == BlastBarrier.Verdict.REFUSED) {
      outcomes.dropped(log, Method.CHAT_BLAST, Outcome.TOO_MANY_BLASTS);
    } else if (verdict == BlastBarrier.Verdict.PASSES_EARLY) {
      meters.passedEarly();
    }
    return verdict == BlastBarrier.Verdict.PASSES || verdict == BlastBarrier.Verdict.PASSES_EARLY;
  }

  /** Says whether it is a blast, which is published later. */
  private boolean decide(RpcLog log, long number, @Nullable HeldRow held, List<Event> events)
      throws InterruptedException {
    EventFactory.Decision decision = factory.decide(log);
    if (decision instanceof EventFactory.Decision.Push decided) {
      add(log, decided.method(), List.of(decided.event()), events);
    } else if (decision instanceof EventFactory.Decision.Blast blast) {
      begin(blast, held == null ? barrier.begin(blast.log(), number) : held);
      return true;
    } else if (decision instanceof EventFactory.Decision.Create create) {
      addBlastsOfNewChat(create, events);
    } else if (decision instanceof EventFactory.Decision.Nothing nothing) {
      outcomes.dropped(log, nothing.method(), nothing.outcome());
    }
    return false;
  }

  private void begin(EventFactory.Decision.Blast blast, HeldRow held) {
    try {
      blasts.begin(blast, held);
    } catch (Throwable e) {
      // It would hold up its sender's chats for ever.
      barrier.leave(held);
      throw e;
    }
  }

  private void addBlastsOfNewChat(EventFactory.Decision.Create create, List<Event> events)
      throws InterruptedException {
    RpcLog log = create.log();
    List<Event> found =
        retry.orGiveUp(
            () -> newChats.read(log, create.chatId()),
            failure -> outcomes.unreadable(log.sig(), Method.CHAT_CREATE, failure));
    if (found == null) {
      return;
    }
    if (found.isEmpty()) {
      outcomes.dropped(log, Method.CHAT_CREATE, Outcome.NOT_FOR_ANYBODY);
    } else {
      add(log, Method.CHAT_CREATE, found, events);
    }
  }

  /** Adds the events of a row to those that are published; a gap for each that is too large. */
  private void add(RpcLog log, Method method, List<Event> found, List<Event> events) {
    if (bound.isAnyOver(found)) {
      events.addAll(bound.withGaps(found));
      outcomes.dropped(log, method, Outcome.TOO_LARGE);
    } else {
      events.addAll(found);
      outcomes.pushed(log, method, found.size());
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
