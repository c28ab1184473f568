package herald.gateway.feed;

import herald.gateway.fanout.Event;
import herald.gateway.metrics.FeedMeters;
import java.util.ArrayList;
import java.util.List;

/**
 * What is pushed of a row, and counted: its events, or a gap in the place of each that can't be
 * pushed. Fetch thread.
 */
final class RowEvents {
  private final EventBound bound;
  private final BlastBarrier barrier;
  private final Outcomes outcomes;
  private final FeedMeters meters;

  /**
   * @param barrier knows which blasts are not published yet
   */
  RowEvents(EventBound bound, BlastBarrier barrier, Outcomes outcomes, FeedMeters meters) {
    this.bound = bound;
    this.barrier = barrier;
    this.outcomes = outcomes;
    this.meters = meters;
  }

  /**
   * The events of a row.
   *
   * @param isTooEarly whether it should wait and can't: then they are gaps
   */
  List<Event> of(RpcLog log, Method method, List<Event> found, boolean isTooEarly) {
    return of(log, method, found, isTooEarly, false);
  }

  /** The events of a row that has opened a chat. */
  List<Event> of(RpcLog log, NewChatReader.Found found, boolean isTooEarly) {
    return of(log, Method.CHAT_CREATE, found.events(), isTooEarly, found.isCutShort());
  }

  /**
   * @param isCutShort whether a gap among them stands for what is too large
   */
  private List<Event> of(
      RpcLog log, Method method, List<Event> found, boolean isTooEarly, boolean isCutShort) {
    if (isTooEarly) {
      outcomes.dropped(log, method, Outcome.TOO_MANY_WAITING);
      return found.stream().map(this::gap).toList();
    }
    if (isCutShort || bound.isAnyOver(found)) {
      outcomes.dropped(log, method, Outcome.TOO_LARGE);
      return bound.withGaps(found);
    }
    outcomes.pushed(log, method, found.size());
    return found;
  }

  private Event gap(Event event) {
    meters.gapBehindBlasts();
    return EventBound.gapInPlaceOf(event);
  }

  /** The events of a blast that has been expanded; none if it was given up, or there is none. */
  List<Event> of(BlastExpander.Expansion done) {
    Throwable failure = done.failure();
    if (failure != null) {
      outcomes.unreadable(done.log().sig(), Method.CHAT_BLAST, failure);
      return List.of();
    }
    if (done.isUnknown()) {
      outcomes.dropped(done.log(), Method.CHAT_BLAST, Outcome.UNKNOWN_BLAST);
      return List.of();
    }
    return of(done.log(), Method.CHAT_BLAST, inOrder(done), false);
  }

  /** Its events, with a gap in each chat where very many blasts of the other person come before. */
  private List<Event> inOrder(BlastExpander.Expansion done) {
    List<Event> events = new ArrayList<>(done.events());
    long number = done.held().number();
    // The last one is in no chat.
    for (int i = 0; i < events.size() - 1; i++) {
      Event event = events.get(i);
      if (event.audience().stream().anyMatch(person -> barrier.isBehind(person, number))) {
        events.set(i, gap(event));
      }
    }
    return events;
  }
}
