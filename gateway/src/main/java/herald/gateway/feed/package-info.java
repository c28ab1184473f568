/**
 * The way of an event from PostgreSQL to the dispatcher, in the order in which it is walked.
 *
 * <ol>
 *   <li>{@code Listener} keeps one connection that has proved that notifications arrive.
 *   <li>{@code NotificationQueue} takes them from the driver's thread, in commit order.
 *   <li>{@code FetchLoop} takes all that wait, leaves out what {@code SeenSigs} knows, and has
 *       {@code RpcLogReader} read them with sender and audience in one round trip; {@code
 *       ReadAhead} reads many in parts, while the first are being published.
 *   <li>{@code EventFactory} decides whom each concerns and has it encoded, once.
 *   <li>{@code BlastExpander} finds the audience of a blast beside the others; {@code HeldBack}
 *       keeps what must come behind it.
 *   <li>The events are published in commit order.
 *   <li>After a loss, {@code CatchUp} finds in the table what no notification told.
 * </ol>
 */
@NullMarked
package herald.gateway.feed;

import org.jspecify.annotations.NullMarked;
