package herald.gateway.feed;

/**
 * Where a feed begins that goes on where another one was, and what is known of what that one has
 * handed over.
 *
 * @param mark where the other one was
 * @param knownSinceMicros it is known of rows that are stamped since then, and others are left out
 *     at the beginning, microseconds since the epoch; 0 if of all
 * @param knowsSinceOlder whether it is known since the mark's older point: else nothing is read
 *     from before the mark's base after a fail-over, but what bears ids that were given out again
 */
public record FeedBegin(FeedMark mark, long knownSinceMicros, boolean knowsSinceOlder) {}
