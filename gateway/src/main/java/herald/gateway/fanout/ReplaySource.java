package herald.gateway.fanout;

import java.util.concurrent.CompletionStage;

/** Where a connection gets what memory does not hold any more. */
@FunctionalInterface
public interface ReplaySource {

  /**
   * Reads what concerned a user since a moment. Any thread, never waits; never completes
   * exceptionally: what can't be read is a gap.
   */
  CompletionStage<Replay> replay(ReplayRequest request);
}
