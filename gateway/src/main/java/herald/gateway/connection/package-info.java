/**
 * The way of a client's connection, from the socket to its end, in the order in which it is walked.
 *
 * <ol>
 *   <li><b>Accept.</b> {@link herald.gateway.connection.GatewayServer} has the {@code
 *       ListeningSocket} bind the address with the {@code Transport} of the configuration. One of
 *       the {@code EventLoops} gets the socket and keeps it to the end; what its connections share
 *       is in its {@code LoopContext}. {@code ClientChannelInitializer} builds the pipeline: the
 *       decoder of the PROXY header if the peer is a proxy, {@link herald.gateway.tls.ServerTls} if
 *       configured, {@code RequestDecoder}, {@code HandshakeHandler}.
 *   <li><b>Handshake.</b> {@code HandshakeHandler} takes an {@link
 *       herald.gateway.admission.AdmissionPermit}, applies the limits of the client's address as
 *       soon as {@code ClientAddressResolver} knows it, and reads the {@code UpgradeRequest}. What
 *       all handshakes share is in {@code HandshakeContext}.
 *   <li><b>Authentication.</b> The authenticator finds the user on another thread; {@code
 *       PendingAuthentication} brings the outcome back to the event loop.
 *   <li><b>Answer.</b> {@code HandshakeUpgrade} writes the 101 and puts a {@code ClientConnection}
 *       in the place of the handshake. Otherwise a {@code RejectReason} is counted by {@code
 *       RejectionTracker}, which also says whether the socket is held for a while, and {@code
 *       Rejection} has {@code HandshakeResponses} write it, as a response or, by option, as a close
 *       frame behind a 101, for which an {@code UnreadRequest} may have to find the {@code
 *       WebSocketKey}.
 *   <li><b>Events out.</b> {@code EventWriter} has the dispatcher give its {@link
 *       herald.gateway.fanout.Cursor} a place in the event log. Whenever the event loop wakes it,
 *       {@code EventBatches} turns what the cursor has into {@code Frames}, with one of the {@code
 *       Pings} behind them, and {@code SocketWriter} writes these into the socket, mostly in the
 *       loop's one {@code LoopBuffer}. {@code LargeEvents} writes a large one as a {@code
 *       LargeFrame}, in pieces, slices of one of the {@code LargeTexts}. What is not in memory any
 *       more is an {@code AwaitedReplay} from the database.
 *   <li><b>Bytes in.</b> {@code ClientInput} counts them against {@code InboundLimits} and has
 *       {@code FrameReader} read them, which checks text with {@code Utf8Validator} and a close
 *       frame by the rules of {@code ClosePayload}. Pongs confirm what was written before their
 *       pings; messages are thrown away.
 *   <li><b>Deadlines.</b> {@code TimerWheel} calls each {@code TimedHandler} when it has something
 *       to do or to end: handshakes that take too long, pings, clients that are silent or do not
 *       read; {@code SendProgress} knows what a client takes, and {@code SlowClientRule} when that
 *       is too little. {@code LoopLag} measures how late the loop is itself.
 *   <li><b>The end.</b> {@code ConnectionLifecycle} has one verb for each way to end: drain, close
 *       and abort; {@code ConnectionState} says which steps are legal, {@code CloseReason} why it
 *       ends, {@code ClosePolicy} how long it may take. When the socket is closed the permit is
 *       released, and the dispatcher remembers what the client has confirmed.
 * </ol>
 *
 * <p>Every {@code ConnectionHandler}, which is a handshake or a connection, is in the {@code
 * ConnectionRegistry} of its event loop. Three go over it: {@code Drain} when the instance is
 * stopped, {@code SlowestConnections} for the status page, and the revalidation of users. What one
 * connection throws is isolated by {@code ConnectionFailures}.
 */
@NullMarked
package herald.gateway.connection;

import org.jspecify.annotations.NullMarked;
