package herald.gateway.exchange;

/**
 * A probe of an instance's listener, or a mark of the stream, which all instances hear at the same
 * place in the order of commits.
 *
 * @param instance whose listener has sent it; for a mark that is in the stream, which stream
 * @param number the number of the probe, or the sequence in the stream; 0 for the time before the
 *     first
 * @param clockMicros the database's clock then, microseconds since the epoch
 * @param xmin a transaction id, 64 bits: all rows of transactions below it had been committed, and
 *     the disk has them; 0 if none is known
 * @param cluster tells of which history of the database the transaction id is
 */
public record Mark(long instance, long number, long clockMicros, long xmin, int cluster) {}
