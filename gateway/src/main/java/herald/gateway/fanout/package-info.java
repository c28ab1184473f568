/**
 * From the feed to the event loops: one dispatch thread owns the log and all mailboxes, and wakes
 * each event loop once per batch.
 */
@NullMarked
package herald.gateway.fanout;

import org.jspecify.annotations.NullMarked;
