package herald.gateway.fanout;

import herald.protocol.EventId;
import org.jspecify.annotations.Nullable;

/**
 * What the database is asked for: what concerned a user since a moment.
 *
 * @param afterMicros microseconds since the epoch
 * @param xmin rows of transactions below this id are not wanted, 64 bits; 0 if all are
 * @param cluster of which history of the database that id is
 * @param event what is before it, and itself, is not wanted; null if the client has named none
 */
public record ReplayRequest(
    int userId, long afterMicros, long xmin, int cluster, @Nullable EventId event) {
  /** All that concerned a user since a moment. */
  public static ReplayRequest since(int userId, long afterMicros) {
    return new ReplayRequest(userId, afterMicros, 0, 0, null);
  }

  /** All that concerned a user and was pushed behind an event. */
  public static ReplayRequest behind(int userId, EventId event) {
    return new ReplayRequest(userId, event.appliedAtMicros(), 0, 0, event);
  }
}
