/**
 * The event log, the mailboxes and the cursors.\n *\n *
 *
 * <p>An {@link herald.gateway.events.Event} is appended once to the {@link\n *
 * herald.gateway.events.EventLog} and its reference goes into the {@link\n *
 * herald.gateway.events.Mailbox} of each user it concerns; a connection is a {@link\n *
 * herald.gateway.events.Cursor} into the mailbox of its user. One thread writes (the dispatch
 * thread\n * of {@code fanout}), the event loops read.
 */
@NullMarked
package herald.gateway.events;

import org.jspecify.annotations.NullMarked;
