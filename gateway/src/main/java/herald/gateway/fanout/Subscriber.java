package herald.gateway.fanout;

import herald.gateway.device.Device;

/**
 * Who opens a connection.
 *
 * @param userId the user, who has been authenticated
 * @param device the user's device, as far as the handshake tells
 * @param afterMicros what the client says it has got up to, microseconds since the epoch, or {@link
 *     Cursor#NO_AFTER}
 */
public record Subscriber(int userId, Device device, long afterMicros) {
  /** A user of whom nothing else is known. */
  public static Subscriber of(int userId) {
    return new Subscriber(userId, Device.UNKNOWN, Cursor.NO_AFTER);
  }
}
