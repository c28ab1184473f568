package herald.gateway.fanout;

/**
 * What the event log and the mailboxes may hold.
 *
 * @param retentionNanos events and the positions of ended connections are kept this long
 * @param maxBytes encoded events kept at most; beyond it the oldest go first
 * @param replayNanos how far back a connection starts at least
 * @param maxRemembered remembered positions at most; beyond it the oldest go first
 */
public record MemoryLimits(
    long retentionNanos, long maxBytes, long replayNanos, int maxRemembered) {}
