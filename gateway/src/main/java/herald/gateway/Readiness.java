package herald.gateway;

import herald.gateway.rehearsal.Rehearsal;
import herald.gateway.supervision.Supervisor;
import org.jspecify.annotations.Nullable;

/** Whether clients should come here, and whether those that come are let in. Any thread. */
final class Readiness {
  private final Supervisor supervisor;
  private final EventIntake intake;
  private final Rehearsal rehearsal;

  Readiness(Supervisor supervisor, EventIntake intake, Rehearsal rehearsal) {
    this.supervisor = supervisor;
    this.intake = intake;
    this.rehearsal = rehearsal;
  }

  /**
   * Nobody is let in before the events have a beginning and the other instances' positions are
   * known: what is committed before that reaches no connection, and a client that is let in expects
   * to miss nothing from where it was.
   */
  boolean letsIn() {
    return intake.hasBegun();
  }

  /** Why no clients should come here, in a sentence; null if they should. */
  @Nullable String problem() {
    String problem = supervisor.problem();
    if (problem == null) {
      problem = intake.problem();
    }
    return problem != null || rehearsal.isOver() ? problem : "rehearsing";
  }
}
