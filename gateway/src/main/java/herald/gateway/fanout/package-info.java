/**
 * From the feed to the event loops: one lock guards the log and all mailboxes, and each event loop
 * is woken once per batch.
 */
@NullMarked
package herald.gateway.fanout;

import org.jspecify.annotations.NullMarked;
