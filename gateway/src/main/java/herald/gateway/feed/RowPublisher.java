package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.events.Event;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.PushMeters;
import java.util.ArrayList;
import java.util.List;

/**
 * From rows to published events: decides what becomes of each row, has blasts expanded beside it,
 * and holds back what has to wait for them. Fetch thread, but for {@code wake}.
 *
 * <p>A row is noted as seen when it has been published, dropped for a reason that is counted, or
 * held back.
 */
final class RowPublisher implements AutoCloseable {
  private final BlastReader blastReader;
  private final BlastExpander blasts;
  private final EventFactory factory;
  private final EventPublisher publisher;
  private final SeenSigs seen;
  private final Outcomes outcomes;
  private final Retry retry;
  private final PushMeters push;
  private final HeldBack heldBack = new HeldBack();
  private boolean timed = true;

  /**
   * @param wake called on any thread when {@link #publishDoneBlasts} has something to do
   */
  RowPublisher(
      FeedSettings settings,
      BlastReader blastReader,
      EventPublisher publisher,
      SeenSigs seen,
      Outcomes outcomes,
      Retry retry,
      Meters meters,
      Runnable wake) {
    this.blastReader = blastReader;
    this.publisher = publisher;
    this.seen = seen;
    this.outcomes = outcomes;
    this.retry = retry;
    push = meters.push();
    blasts = new BlastExpander(blastReader, meters.feed(), wake);
    factory = new EventFactory(settings);
  }

  /** Says whether the stages of what comes are measured: what is late by nobody's fault is not. */
  void setTimed(boolean isTimed) {
    timed = isTimed;
  }

  /**
   * Publishes rows that have just been read.
   *
   * @param readAtNanos when, on the clock of {@code System.nanoTime}
   */
  void publish(List<RpcLog> logs, long readAtNanos) throws InterruptedException {
    if (timed) {
      for (RpcLog log : logs) {
        push.passed(PushMeters.Stage.NOTIFICATION, log.notificationLagNanos());
        push.passed(PushMeters.Stage.FETCH, readAtNanos - log.receivedAtNanos());
      }
    }
    publish(logs);
  }

  /** Publishes the blasts that have been expanded meanwhile, and what was held back for them. */
  void publishDoneBlasts() throws InterruptedException {
    for (BlastExpander.Expansion done = blasts.takeDone(); done != null; done = blasts.takeDone()) {
      List<Event> events = done.events();
      if (events == null) {
        outcomes.dropped(done.log(), Method.CHAT_BLAST, Outcome.UNKNOWN_BLAST);
      } else {
        publisher.publish(events);
        outcomes.pushed(Method.CHAT_BLAST, events.size());
      }
      publish(heldBack.takeAll());
    }
  }

  private void publish(List<RpcLog> logs) throws InterruptedException {
    long beginNanos = System.nanoTime();
    List<Event> events = new ArrayList<>(logs.size());
    for (RpcLog log : logs) {
      if (heldBack.mustWait(log, blasts.pendingSenders())) {
        heldBack.add(log);
      } else {
        decide(log, events);
      }
    }
    if (timed && !logs.isEmpty()) {
      push.passed(PushMeters.Stage.ENCODE, System.nanoTime() - beginNanos);
    }
    publisher.publish(events);
    logs.forEach(log -> seen.add(log.sig(), beginNanos));
  }

  private void decide(RpcLog log, List<Event> events) throws InterruptedException {
    EventFactory.Decision decision = factory.decide(log);
    if (decision instanceof EventFactory.Decision.Push push) {
      events.add(push.event());
      outcomes.pushed(push.method(), 1);
    } else if (decision instanceof EventFactory.Decision.Blast blast) {
      blasts.begin(blast);
    } else if (decision instanceof EventFactory.Decision.Create create) {
      List<Event> found =
          retry.untilItWorks(() -> blastReader.readInNewChat(create.log(), create.chatId()));
      events.addAll(found);
      if (found.isEmpty()) {
        outcomes.dropped(create.log(), Method.CHAT_CREATE, Outcome.NOT_FOR_ANYBODY);
      } else {
        outcomes.pushed(Method.CHAT_CREATE, found.size());
      }
    } else if (decision instanceof EventFactory.Decision.Nothing nothing) {
      outcomes.dropped(log, nothing.method(), nothing.outcome());
    }
  }

  @Override
  public void close() {
    blasts.close();
  }
}
