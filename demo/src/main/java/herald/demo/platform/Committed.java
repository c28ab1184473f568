package herald.demo.platform;

/**
 * What an operation wrote, and when that was committed.
 *
 * @param sig key of the rpc log
 * @param subjectId the message, blast or chat that the operation is about; empty where there is
 *     none
 * @param commitNanos {@link System#nanoTime} right after the commit had returned
 */
public record Committed(String sig, String subjectId, long commitNanos) {}
