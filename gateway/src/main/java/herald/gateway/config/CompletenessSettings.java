package herald.gateway.config;

/**
 * How the gateway makes sure that it has missed nothing.
 *
 * @param catchUpWindowMillis how far back rows may be stamped that a catch-up or a search of the
 *     table finds: more than writers' clocks are wrong and their transactions stay open
 * @param sweepIntervalMillis the shortest time between two searches of the table for rows that no
 *     notification announced
 * @param schemaCheckIntervalMillis how often trigger, tables and functions are looked at
 * @param blastTimeoutMillis how long it may take to find the audience of a blast
 * @param maxRowWaitMillis a gateway in which an rpc log has waited for longer is not ready
 */
public record CompletenessSettings(
    long catchUpWindowMillis,
    long sweepIntervalMillis,
    long schemaCheckIntervalMillis,
    int blastTimeoutMillis,
    long maxRowWaitMillis) {

  /** Checks the values. */
  public CompletenessSettings {
    Require.atLeast("catch-up window", catchUpWindowMillis, 60_000, "ms");
    Require.atLeast("sweep interval", sweepIntervalMillis, 100, "ms");
    Require.atLeast("schema check interval", schemaCheckIntervalMillis, 100, "ms");
    Require.atLeast("blast timeout", blastTimeoutMillis, 1_000, "ms");
    Require.atLeast("max row wait", maxRowWaitMillis, 1_000, "ms");
  }

  /** The defaults of the command line. */
  public static CompletenessSettings defaults() {
    return new CompletenessSettings(86_400_000, 60_000, 30_000, 60_000, 30_000);
  }
}
