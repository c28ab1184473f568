package herald.gateway.ops;

/**
 * One open connection of a user.
 *
 * @param address shortened to its network
 * @param device by which the connections of one device are found
 * @param ageMillis how long ago the socket became a WebSocket
 * @param state what the connection is doing
 * @param replay where the past events came from with which it began
 * @param position all events of the user below it have been written
 * @param confirmedPosition all events of the user below it have been confirmed by the client
 * @param waitingEvents events that wait to be written; blasts for others are among them
 * @param unconfirmedEvents events that were written and have not been confirmed
 * @param stalledMillis how long more than the high watermark has been waiting for the client; 0 if
 *     less waits
 * @param writtenEvents events that were written in all
 * @param writtenBytes bytes of the frames of these
 */
public record UserConnection(
    String address,
    String device,
    long ageMillis,
    String state,
    String replay,
    long position,
    long confirmedPosition,
    long waitingEvents,
    long unconfirmedEvents,
    long stalledMillis,
    long writtenEvents,
    long writtenBytes) {}
