package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.Event;
import herald.gateway.metrics.PushMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.tracing.PushTraces;
import herald.protocol.EventId;
import java.util.ArrayList;
import java.util.List;

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
  private final EventBound bound;
  private final Dispatcher dispatcher;
  private final DuplicateFilter seen;
  private final Outcomes outcomes;
  private final DatabaseRetry retry;
  private final IsolatedFailures failures;
  private final PushMeters push;
  private final BlastBarrier barrier = new BlastBarrier();
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
      PushMeters push) {
    this.newChats = newChats;
    this.blasts = blasts;
    this.dispatcher = dispatcher;
    this.seen = seen;
    this.outcomes = outcomes;
    this.retry = retry;
    this.failures = failures;
    this.push = push;
    factory = new EventFactory(settings);
    bound = new EventBound(settings.maxEventBytes().bytes());
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
    publishRows(
        logs.stream().map(log -> new BlastBarrier.Waiting(log, ++rowsRead)).toList(), readAtNanos);
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
    boolean isAnyDone = false;
    for (BlastExpander.Expansion done = blasts.takeDone(); done != null; done = blasts.takeDone()) {
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
      isAnyDone = true;
    }
    if (isAnyDone) {
      publishRows(barrier.takeAll(), System.nanoTime());
    }
  }

  private void publishRows(List<BlastBarrier.Waiting> rows, long readAtNanos)
      throws InterruptedException {
    long beginNanos = System.nanoTime();
    List<Event> events = new ArrayList<>(rows.size());
    RpcLog first = null;
    for (BlastBarrier.Waiting waiting : rows) {
      RpcLog log = waiting.row();
      if (barrier.mustWait(log, blasts.pendingSenders())) {
        barrier.add(log, waiting.number());
      } else {
        decideIsolated(log, waiting.number(), events);
        first = first == null && !events.isEmpty() ? log : first;
      }
    }
    if (timed && !rows.isEmpty()) {
      push.passed(PushMeters.Stage.ENCODE, System.nanoTime() - beginNanos);
      if (first != null) {
        trace(first, events, readAtNanos);
      }
    }
    dispatcher.publish(events);
  }

  /** Begins a trace of the first event, if that is wanted. */
  private void trace(RpcLog first, List<Event> events, long readAtNanos) {
    PushTraces traces = push.tracesOfNext();
    if (traces != null) {
      Event event = events.get(0);
      EventId id = event.encoded().id();
      traces.begin(
          new PushTraces.Begun(
              Method.of(first.methodName()).text(),
              id == null ? "" : id.toString(),
              events.size(),
              event.committedAtNanos(),
              first.receivedAtNanos(),
              readAtNanos,
              System.nanoTime()));
    }
  }

  /** One row's failure, such as too little memory for its event, costs that row alone. */
  private void decideIsolated(RpcLog log, long number, List<Event> events)
      throws InterruptedException {
    try {
      decide(log, number, events);
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      failures.isolated(Place.FETCH, e);
      outcomes.unreadable(log.sig(), Method.of(log.methodName()), e);
    }
  }

  private void decide(RpcLog log, long number, List<Event> events) throws InterruptedException {
    EventFactory.Decision decision = factory.decide(log);
    if (decision instanceof EventFactory.Decision.Push decided) {
      add(log, decided.method(), List.of(decided.event()), events);
    } else if (decision instanceof EventFactory.Decision.Blast blast) {
      blasts.begin(blast, number);
    } else if (decision instanceof EventFactory.Decision.Create create) {
      addBlastsOfNewChat(create, events);
    } else if (decision instanceof EventFactory.Decision.Nothing nothing) {
      outcomes.dropped(log, nothing.method(), nothing.outcome());
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
    return Math.min(barrier.first(rowsRead + 1), blasts.first(rowsRead + 1)) - 1;
  }

  @Override
  public void close() {
    blasts.close();
  }
}
