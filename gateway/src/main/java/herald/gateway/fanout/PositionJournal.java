package herald.gateway.fanout;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The changes of positions in their order, on their way to the exchange between instances. Written
 * under the dispatch lock, read by the exchange; nothing is written where there is no exchange.
 */
public final class PositionJournal {
  private final boolean isRead;
  private final Queue<PositionChange> changes = new ConcurrentLinkedQueue<>();

  /**
   * @param isRead whether there is an exchange
   */
  public PositionJournal(boolean isRead) {
    this.isRead = isRead;
  }

  void add(PositionChange change) {
    if (isRead) {
      changes.add(change);
    }
  }

  /** The next change; null if there is none. The exchange's thread. */
  public @Nullable PositionChange poll() {
    return changes.poll();
  }
}
