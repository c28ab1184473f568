package herald.gateway.ops;

import java.util.Comparator;

/**
 * A connection whose client is behind.
 *
 * @param user the user's hash id
 * @param address without its last part
 * @param stalledMillis how long more than the high watermark has been waiting for the client; 0 if
 *     less waits
 * @param behindEvents events that wait for it
 * @param unconfirmedEvents events that it was sent and has not confirmed
 */
public record SlowConnection(
    String user, String address, long stalledMillis, long behindEvents, long unconfirmedEvents) {

  /** The slowest first. */
  public static final Comparator<SlowConnection> SLOWEST_FIRST =
      Comparator.comparingLong(SlowConnection::stalledMillis)
          .thenComparingLong(SlowConnection::behindEvents)
          .thenComparingLong(SlowConnection::unconfirmedEvents)
          .reversed();
}
