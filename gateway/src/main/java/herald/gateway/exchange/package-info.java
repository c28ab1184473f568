/**
 * What instances of the gateway tell each other about the positions of their clients, so that a
 * client that comes back to another instance goes on where it was.
 *
 * <p>All instances listen on one channel of the database, beside that of the rpc logs, so all hear
 * the same messages at the same place in the order of commits. A position of one instance's log
 * means nothing to another. So a position is told as a {@link herald.gateway.exchange.Mark}: a
 * probe of the listener, which all instances have heard between the same two rpc logs.
 *
 * <ol>
 *   <li>{@code herald.gateway.fanout.PositionJournal} brings what has changed here.
 *   <li>{@code OwnPositions} keeps it, finds out whose client has not confirmed for long, and says
 *       it in {@code Entry}s, which {@code EntryCodec} puts into {@code ExchangeMessage}s of up to
 *       8,000 bytes.
 *   <li>{@link herald.gateway.exchange.PositionExchange} sends them, by way of the {@code Outbox},
 *       and hears those of others, on a thread of its own; {@code ExchangeStart} knows when a new
 *       instance has heard enough to be ready. {@code ExchangeState} is what the thread keeps.
 *   <li>{@code Peers} notices messages that are missing and instances that are silent. What others
 *       say goes through {@code PeerEntries} into the {@code PeerTable}, which hands it to the
 *       mailboxes as {@code herald.gateway.fanout.PeerChange}s. {@code ThirdParties} is for what is
 *       said of instances that are gone.
 * </ol>
 *
 * <p>A message that is lost, late or repeated costs no event: what is not known is taken for
 * earlier, and what is missing is asked for again.
 */
@NullMarked
package herald.gateway.exchange;

import org.jspecify.annotations.NullMarked;
