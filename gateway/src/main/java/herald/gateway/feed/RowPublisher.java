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
import java.util.concurrent.TimeUnit;
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
  private static final long ROOM_WAIT_MILLIS = 5;

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
  private final Runnable turn;
  private final BlastBarrier barrier = new BlastBarrier(MAX_HELD_ROWS, MAX_HELD_BYTES);
  private boolean timed = true;

  /** Numbers the rows in the order in which they were read. */
  private long rowsRead;

  /**
   * @param turn called while it waits
   */
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
      PushMeters push,
      Runnable turn) {
    this.newChats = newChats;
    this.blasts = blasts;
    this.dispatcher = dispatcher;
    this.seen = seen;
    this.outcomes = outcomes;
    this.retry = retry;
    this.failures = failures;
    this.push = push;
    this.meters = meters;
    this.turn = turn;
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
    BlastExpander.Expansion done = blasts.takeDone(barrier);
    while (done != null) {
      try {
        publish(done);
      } catch (Throwable e) {
        failures.isolated(Place.FETCH, e);
        outcomes.unreadable(done.log().sig(), Method.CHAT_BLAST, e);
      } finally {
        barrier.leave(done.held());
      }
      done = blasts.takeDone(barrier);
    }
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
      add(done.log(), Method.CHAT_BLAST, inOrder(done), false, events);
      dispatcher.publish(events);
    }
  }

  /** Its events, with a gap in each chat where very many blasts of the other person come before. */
  private List<Event> inOrder(BlastExpander.Expansion done) {
    List<Event> events = new ArrayList<>(done.events());
    long number = done.held().number();
    // The last one is in no chat.
    for (int i = 0; i < events.size() - 1; i++) {
      Event event = events.get(i);
      if (event.audience().stream().anyMatch(person -> barrier.isBehind(person, number))) {
        meters.gapBehindBlasts();
        events.set(i, EventBound.gapInPlaceOf(event));
      }
    }
    return events;
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
      BlastBarrier.Verdict verdict =
          held == null ? place(log, number, events) : BlastBarrier.Verdict.PASSES;
      switch (verdict) {
        case PASSES -> isExpanded = decide(log, number, held, false, events);
        case IS_A_GAP -> isExpanded = decide(log, number, held, true, events);
        case JOINED -> outcomes.dropped(log, Method.CHAT_BLAST, Outcome.TOO_MANY_WAITING);
        case WAITS, NO_ROOM -> {}
      }
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

  /** Where a row stands. If there is no room for a blast, reading waits until another has left. */
  private BlastBarrier.Verdict place(RpcLog log, long number, List<Event> events)
      throws InterruptedException {
    BlastBarrier.Verdict verdict = barrier.place(log, number);
    while (verdict == BlastBarrier.Verdict.NO_ROOM) {
      // What is published meanwhile comes behind these.
      dispatcher.publish(events);
      events.clear();
      turn.run();
      TimeUnit.MILLISECONDS.sleep(ROOM_WAIT_MILLIS);
      publishDoneBlasts();
      verdict = barrier.place(log, number);
    }
    return verdict;
  }

  /**
   * Says whether it is a blast, which is published later.
   *
   * @param isTooEarly whether those whom it concerns are told of a gap
   */
  private boolean decide(
      RpcLog log, long number, @Nullable HeldRow held, boolean isTooEarly, List<Event> events)
      throws InterruptedException {
    EventFactory.Decision decision = factory.decide(log);
    if (decision instanceof EventFactory.Decision.Push decided) {
      add(log, decided.method(), List.of(decided.event()), isTooEarly, events);
    } else if (decision instanceof EventFactory.Decision.Blast blast) {
      begin(blast, held == null ? barrier.begin(blast.log(), number) : held);
      return true;
    } else if (decision instanceof EventFactory.Decision.Create create) {
      addBlastsOfNewChat(create, isTooEarly, events);
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

  private void addBlastsOfNewChat(
      EventFactory.Decision.Create create, boolean isTooEarly, List<Event> events)
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
      add(log, Method.CHAT_CREATE, found, isTooEarly, events);
    }
  }

  /** Adds the events of a row to those that are published; a gap for each that can't be. */
  private void add(
      RpcLog log, Method method, List<Event> found, boolean isTooEarly, List<Event> events) {
    if (isTooEarly) {
      for (Event event : found) {
        meters.gapBehindBlasts();
        events.add(EventBound.gapInPlaceOf(event));
      }
      outcomes.dropped(log, method, Outcome.TOO_MANY_WAITING);
    } else if (bound.isAnyOver(found)) {
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
