package herald.gateway.fanout;

import java.util.concurrent.CompletableFuture;

/** Where a connection gets what memory does not hold any more. */
@FunctionalInterface
public interface ReplaySource {

  /**
   * Reads what concerned a user since a moment. Any thread, never waits; never completes
   * exceptionally: what can't be read in time is a gap. Whoever does not want it any more cancels
   * it.
   */
  CompletableFuture<Replay> replay(ReplayRequest request);
}
