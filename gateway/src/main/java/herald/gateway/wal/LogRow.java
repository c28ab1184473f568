package herald.gateway.wal;

/**
 * A row of {@code rpc_log} that a committed transaction has inserted.
 *
 * @param signature its primary key
 * @param xid the transaction, the lower 32 bits of its id
 * @param commitLsn where the record of the commit begins in the log
 * @param commitMicros when it was committed, by the server's clock, microseconds since 1970
 */
public record LogRow(String signature, long xid, long commitLsn, long commitMicros) {}
