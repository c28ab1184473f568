package herald.gateway.fanout;

import herald.gateway.device.Device;
import herald.protocol.EventId;
import org.jspecify.annotations.Nullable;

/**
 * Who opens a connection.
 *
 * @param userId the user, who has been authenticated
 * @param device the user's device, as far as the handshake tells
 * @param afterMicros what the client says it has got up to, microseconds since the epoch, or {@link
 *     #NO_AFTER}
 * @param afterEvent the same, if it has named an event; null if it has not
 */
public record Subscriber(
    int userId, Device device, long afterMicros, @Nullable EventId afterEvent) {
  /** Says that the client has not said where it was. */
  public static final long NO_AFTER = Long.MIN_VALUE;

  /** One that names no event. */
  public Subscriber(int userId, Device device, long afterMicros) {
    this(userId, device, afterMicros, null);
  }

  /** A user of whom nothing else is known. */
  public static Subscriber of(int userId) {
    return new Subscriber(userId, Device.UNKNOWN, NO_AFTER);
  }
}
