/**
 * The event log, the mailboxes and the cursors.
 *
 * <p>An {@link herald.gateway.events.Event} is appended once to the {@link
 * herald.gateway.events.EventLog}, and its number there goes into the mailbox of each user it
 * concerns, or, if it concerns many, into one row for all; a connection is a {@link
 * herald.gateway.events.Cursor} that reads both. All is written under one lock, the dispatch lock
 * of {@code fanout}; the event loops read.
 */
@NullMarked
package herald.gateway.events;

import org.jspecify.annotations.NullMarked;
