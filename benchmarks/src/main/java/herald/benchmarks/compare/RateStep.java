package herald.benchmarks.compare;

/**
 * One rate at which events are committed.
 *
 * @param perSecond events per second
 * @param rowsPerCommit rpc logs in one transaction
 */
public record RateStep(int perSecond, int rowsPerCommit) {}
