/**
 * The way of an event from PostgreSQL to the dispatcher. {@link herald.gateway.feed.Feed} puts the
 * parts together, with {@code RowPipeline} for what reads and publishes rows, {@code MissedRows}
 * for what finds the rows that nobody has told of, and {@code DatabaseReplays}. They are passed in
 * this order.
 *
 * <ol>
 *   <li>{@code Listener} keeps one connection that has proved that notifications arrive. In a relay
 *       its place may be taken by {@code LogSource}, which reads the write-ahead log; both are a
 *       {@code FeedSource}.
 *   <li>{@code NotificationQueue} takes what they hear, in commit order. {@code RowReading} puts
 *       together what takes it from there.
 *   <li>{@code FetchLoop} takes all that wait and makes {@code PendingRows} of them; {@code
 *       DuplicateFilter} leaves out what has been handled.
 *   <li>{@code RowFetcher} has them read with sender and audience in one round trip: {@code
 *       FaultIsolatingReader} narrows a failure down to one row, {@code RowSource} chooses between
 *       primary and replica, {@code CommitVisibility} tells a row that can't be seen yet from one
 *       that is not there, {@code ReadAhead} reads many rows in parts, and {@code RpcLogReader}
 *       asks the database.
 *   <li>{@code RowPublisher} has {@code EventFactory} decide whom each row concerns and encode it,
 *       once, and hands the events in commit order to a {@link herald.gateway.fanout.FeedTarget}:
 *       the dispatcher, which is the way into the event log, or the queue of a relay. {@code
 *       BlastExpander} finds the audience of a blast beside the others, and {@code BlastBarrier}
 *       keeps what must come behind the blast. {@code LargeRows} does the same for rows whose text
 *       is large. {@code RowPlacing} lets reading wait where it has no room.
 * </ol>
 *
 * <p>Beside this way, {@code CatchUpRun} reads the table after a loss for what no notification has
 * told, {@code Sweep} searches it at intervals, {@code Progress} knows from where either begins,
 * and {@code UserReplay} serves what one client asks for with {@code after=}: {@code ReplayReader}
 * has a {@code ReplayReading} read the rows of this user's past, out of which the {@code
 * ReplayAnswer} is gathered. {@code FeedHealth} says whether events arrive as they should; {@code
 * ListenerProof} is what it knows of the listener.
 */
@NullMarked
package herald.gateway.feed;

import org.jspecify.annotations.NullMarked;
