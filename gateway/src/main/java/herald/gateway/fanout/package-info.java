/**
 * From a published event to the connections that it concerns: the event log, the mailboxes, and one
 * cursor for each connection.
 *
 * <p>The way of an event, and which thread does what:
 *
 * <ol>
 *   <li>The feed's thread calls {@link herald.gateway.fanout.Dispatcher#publish} with {@link
 *       herald.gateway.fanout.Event}s in commit order. It waits for the dispatch lock and does the
 *       next four steps under it.
 *   <li>{@code EventLog} takes the event, encoded once, and gives it its position: a number that
 *       never changes. What is too old, or too much, leaves.
 *   <li>{@code Mailboxes} indexes it: its position goes into the {@code Mailbox} of each user of
 *       its {@link herald.gateway.fanout.Audience}, or, if it is a broadcast, into the {@code
 *       BroadcastIndex}. Both are a {@code PositionRing}. {@code MailboxTable} knows who has a
 *       mailbox.
 *   <li>{@code Batch} notes the cursors of these users.
 *   <li>{@code Batch} hands each event loop one task for all its cursors.
 *   <li>On its event loop, {@code LoopCursors} wakes each cursor's connection, the {@link
 *       herald.gateway.fanout.CursorOwner}, which takes events from its {@link
 *       herald.gateway.fanout.Cursor} for as long as its socket takes bytes. The cursor reads
 *       through its {@code EventReader}, without the lock.
 *   <li>A pong confirms what was sent before its ping: {@link
 *       herald.gateway.fanout.Cursor#acknowledge}. Event loop.
 * </ol>
 *
 * <p>The way of a cursor: an event loop hands {@link herald.gateway.fanout.Dispatcher#open} over to
 * whoever has the lock ({@code HandOverLock}). There {@code CursorStarts} finds where it starts, by
 * what {@code RememberedPositions} knows of the user's ended connections, and {@code GapFinder}
 * what is missing for good. The {@code CursorStart} goes back to the event loop, where the cursor
 * starts in one step. When the connection has ended, {@code PositionMemory} remembers how far its
 * client had confirmed, for the retention.
 *
 * <p>What the dispatch lock guards is in this package, and is reached only through the fields of
 * {@code Dispatcher} that are annotated with {@code GuardedBy}, which the compiler checks. Readers
 * get types that can't write: {@code EventLog} and {@code PositionRing} are written by the {@code
 * Writer} of each, which no reader has.
 */
@NullMarked
package herald.gateway.fanout;

import org.jspecify.annotations.NullMarked;
