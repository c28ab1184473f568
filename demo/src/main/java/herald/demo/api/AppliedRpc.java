package herald.demo.api;

import herald.demo.platform.RpcLog;

/**
 * An operation that the API has applied.
 *
 * @param log its row
 * @param committedAtMicros the clock right after the commit had returned, in microseconds since the
 *     epoch
 * @param isNew false when the same signature had been applied before
 */
public record AppliedRpc(RpcLog log, long committedAtMicros, boolean isNew) {}
