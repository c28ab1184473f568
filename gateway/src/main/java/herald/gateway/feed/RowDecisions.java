package herald.gateway.feed;

import herald.gateway.fanout.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of each row, does it, and counts it. Fetch thread. */
final class RowDecisions {
  private final EventFactory factory;
  private final NewChatReader newChats;
  private final BlastExpander blasts;
  private final LargeRows largeRows;
  private final RowEvents rowEvents;
  private final Outcomes outcomes;
  private final DatabaseRetry retry;

  RowDecisions(
      EventFactory factory,
      NewChatReader newChats,
      BlastExpander blasts,
      LargeRows largeRows,
      RowEvents rowEvents,
      Outcomes outcomes,
      DatabaseRetry retry) {
    this.factory = factory;
    this.newChats = newChats;
    this.blasts = blasts;
    this.largeRows = largeRows;
    this.rowEvents = rowEvents;
    this.outcomes = outcomes;
    this.retry = retry;
  }

  /**
   * Adds the events of a row, and says whether it is a blast or a large text, which are published
   * later.
   *
   * @param held of these what holds up the rows behind it
   * @param isTooEarly whether those whom it concerns are told of a gap
   */
  boolean carryOut(RpcLog log, @Nullable HeldRow held, boolean isTooEarly, List<Event> events)
      throws InterruptedException {
    if (!log.isUnread() || held == null || log.walletUsers().isEmpty()) {
      return carryOut(log, factory.decide(log), held, isTooEarly, events);
    }
    if (held.gap() == null) {
      largeRows.begin(log, held);
    } else {
      // What may be in any chat of its sender, and stands for several rows, is a gap like a
      // blast's.
      blasts.begin(new EventFactory.Decision.Blast(log, "", log.walletUsers().get(0)), held);
    }
    return true;
  }

  private boolean carryOut(
      RpcLog log,
      EventFactory.Decision decision,
      @Nullable HeldRow held,
      boolean isTooEarly,
      List<Event> events)
      throws InterruptedException {
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

  /** The same for a row whose large text has been read. */
  boolean carryOut(LargeRow read, HeldRow held, boolean isTooEarly, List<Event> events)
      throws InterruptedException {
    Throwable failure = read.failure();
    RpcLog log = read.log();
    EventFactory.Decision decision = read.decision();
    if (failure != null) {
      outcomes.unreadable(read.sig(), Method.UNKNOWN, failure);
    } else if (log == null || decision == null) {
      outcomes.missing(read.sig());
    } else {
      return carryOut(log, decision, held, isTooEarly, events);
    }
    return false;
  }

  private void addBlastsOfNewChat(
      EventFactory.Decision.Create create, boolean isTooEarly, List<Event> events)
      throws InterruptedException {
    RpcLog log = create.log();
    NewChatReader.Found found =
        retry.orGiveUp(
            () -> newChats.read(log, create.chatId()),
            failure -> outcomes.unreadable(log.sig(), Method.CHAT_CREATE, failure));
    if (found != null && found.events().isEmpty()) {
      outcomes.dropped(log, Method.CHAT_CREATE, Outcome.NOT_FOR_ANYBODY);
    } else if (found != null) {
      events.addAll(rowEvents.of(log, found, isTooEarly));
    }
  }
}
