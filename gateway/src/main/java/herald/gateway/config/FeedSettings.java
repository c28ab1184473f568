package herald.gateway.config;

/**
 * How the gateway hears from PostgreSQL.
 *
 * @param maxBatch rpc logs fetched in one round trip at most
 * @param fetchIntervalMillis one round trip in this time at most, so that under load several rpc
 *     logs share one; 0 fetches at once
 * @param probeIntervalMillis a probe notification goes round this often
 * @param probeTimeoutMillis without the probe for this long the listener counts as lost
 * @param connectTimeoutMillis deadline for opening a connection
 * @param queryTimeoutMillis deadline for one query
 * @param overlapMillis how far behind the last position a catch-up reads by time on a server whose
 *     history is not that of the one before, as after a fail-over
 * @param replicaPatienceMillis how long a row may be missing on the replica before the primary is
 *     asked
 * @param echoToSender whether messages and reactions also go to the sender's other connections
 * @param actorEvents whether events that concern only the actor go to the actor's connections
 */
public record FeedSettings(
    int maxBatch,
    int fetchIntervalMillis,
    int probeIntervalMillis,
    int probeTimeoutMillis,
    int connectTimeoutMillis,
    int queryTimeoutMillis,
    long overlapMillis,
    int replicaPatienceMillis,
    boolean echoToSender,
    boolean actorEvents) {

  /** Checks the values. */
  public FeedSettings {
    Require.atLeast("max batch", maxBatch, 1, "");
    Require.atLeast("fetch interval", fetchIntervalMillis, 0, "ms");
    Require.atLeast("probe interval", probeIntervalMillis, 100, "ms");
    Require.atLeast("probe timeout", probeTimeoutMillis, 100, "ms");
    Require.atLeast("connect timeout", connectTimeoutMillis, 250, "ms");
    Require.atLeast("query timeout", queryTimeoutMillis, 1_000, "ms");
    Require.atLeast("overlap", overlapMillis, 1_000, "ms");
    Require.atLeast("replica patience", replicaPatienceMillis, 0, "ms");
  }

  /** The defaults of the command line. */
  public static FeedSettings defaults() {
    return new FeedSettings(1_000, 1, 5_000, 5_000, 10_000, 30_000, 120_000, 1_000, false, false);
  }
}
