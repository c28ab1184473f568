/**
 * The way of a connection, in the order in which it is walked.
 *
 * <ol>
 *   <li>{@link herald.gateway.connection.GatewayServer} accepts the socket, {@code
 *       ClientChannelInitializer} builds its pipeline, with {@code ServerTls} if wanted.
 *   <li>{@code HandshakeHandler} lets the client in by its address as soon as {@code
 *       ClientAddressResolver} knows it, has one request decoded within its bounds, {@code
 *       UpgradeRequest} checks it, the authenticator finds the user elsewhere; a {@code
 *       RejectReason}, maybe held for a while, or the 101 follows.
 *   <li>{@code ClientConnection} takes the place of all that. Its cursor is given its place by the
 *       dispatcher; events go out through {@code EventWriter} and {@code SocketWriter}, what comes
 *       in goes through {@code FrameReader}.
 *   <li>{@code TimerWheel} pings, notices the dead, evicts the slow and ends what takes too long.
 *   <li>{@code Drain} lets all go when the instance is stopped.
 *   <li>A {@code CloseReason} ends it; the cursor's confirmed position stays remembered.
 * </ol>
 */
@NullMarked
package herald.gateway.connection;

import org.jspecify.annotations.NullMarked;
