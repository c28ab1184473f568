package herald.gateway;

import herald.gateway.exchange.PositionExchange;
import herald.gateway.feed.Feed;
import herald.gateway.rehearsal.Rehearsal;
import herald.gateway.supervision.Supervisor;
import org.jspecify.annotations.Nullable;

/** Whether clients should come here, and whether those that come are let in. Any thread. */
final class Readiness {
  private final Supervisor supervisor;
  private final Feed feed;
  private final @Nullable PositionExchange exchange;
  private final Rehearsal rehearsal;

  /**
   * @param exchange null if there is none
   */
  Readiness(
      Supervisor supervisor, Feed feed, @Nullable PositionExchange exchange, Rehearsal rehearsal) {
    this.supervisor = supervisor;
    this.feed = feed;
    this.exchange = exchange;
    this.rehearsal = rehearsal;
  }

  /**
   * Nobody is let in before the feed has a beginning and the other instances' positions are known:
   * what is committed before that reaches no connection, and a client that is let in expects to
   * miss nothing from where it was.
   */
  boolean letsIn() {
    return feed.hasBegun() && exchangeProblem() == null;
  }

  /** Why no clients should come here, in a sentence; null if they should. */
  @Nullable String problem() {
    String problem = supervisor.problem();
    if (problem == null) {
      problem = feed.problem();
    }
    if (problem == null) {
      problem = exchangeProblem();
    }
    return problem != null || rehearsal.isOver() ? problem : "rehearsing";
  }

  private @Nullable String exchangeProblem() {
    return exchange == null ? null : exchange.problem();
  }
}
