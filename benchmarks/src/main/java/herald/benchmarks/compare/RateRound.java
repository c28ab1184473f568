package herald.benchmarks.compare;

import herald.benchmarks.load.LoadResult;

/**
 * One measurement of one contender at one rate.
 *
 * @param idleMicrosPerSecond CPU time of the server for its idle connections
 * @param databaseCpuNanos CPU time of the whole PostgreSQL server, for the commits too
 */
public record RateRound(
    String contender,
    RateStep step,
    LoadResult result,
    double idleMicrosPerSecond,
    long databaseCpuNanos) {

  /** CPU time of the server per event, beyond what the idle connections cost. */
  public double cpuMicros() {
    double idleMicros = idleMicrosPerSecond * result.measuredNanos() / 1e9;
    return result.cpuMicrosPerEvent() - idleMicros / Math.max(1, result.committed());
  }

  /** CPU time of PostgreSQL per event. */
  public double databaseCpuMicros() {
    return databaseCpuNanos / 1e3 / Math.max(1, result.committed());
  }
}
