package herald.benchmarks.feeds;

import herald.benchmarks.servers.CpuTimes;
import herald.benchmarks.servers.PostgresProcesses;

/**
 * What the processes of one feed have spent until a moment, the instances apart.
 *
 * @param databaseTimes of the processes of PostgreSQL
 */
record FeedCpu(
    PostgresProcesses database,
    FeedServers servers,
    CpuTimes databaseTimes,
    long relayNanos,
    long engineNanos) {

  /**
   * Processor time in microseconds.
   *
   * @param database of all processes of PostgreSQL
   * @param relays of all relays
   * @param engine of the stream's engine
   */
  record Spent(double database, double relays, double engine) {
    /** The share of one of so many. */
    Spent per(long count) {
      double divisor = Math.max(1, count);
      return new Spent(database / divisor, relays / divisor, engine / divisor);
    }
  }

  static FeedCpu until(PostgresProcesses database, FeedServers servers) {
    return new FeedCpu(
        database, servers, database.cpuTimes(), servers.relayCpuNanos(), servers.engineCpuNanos());
  }

  /** What has been spent since then. */
  Spent since() {
    return new Spent(
        database.cpuTimes().since(databaseTimes) / 1e3,
        (servers.relayCpuNanos() - relayNanos) / 1e3,
        (servers.engineCpuNanos() - engineNanos) / 1e3);
  }
}
