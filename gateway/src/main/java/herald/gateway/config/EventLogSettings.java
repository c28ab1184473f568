package herald.gateway.config;

/**
 * Bounds of what is kept in memory.
 *
 * @param horizonMillis events and the positions of ended connections are kept this long
 * @param maxBytes encoded events kept at most; beyond it the oldest go first
 * @param replayMillis how far back a connection starts when its user is not remembered
 * @param maxRemembered remembered positions at most; beyond it the oldest go first
 */
public record EventLogSettings(
    long horizonMillis, long maxBytes, long replayMillis, int maxRemembered) {

  /** Checks the values. */
  public EventLogSettings {
    Require.atLeast("replay", replayMillis, 0, "ms");
    Require.greater("horizon", horizonMillis, "replay", replayMillis, "ms");
    Require.atLeast("log size", maxBytes, 1 << 20, "bytes");
    Require.atLeast("max remembered", maxRemembered, 1, "");
  }

  /** The defaults of the command line. */
  public static EventLogSettings defaults() {
    return new EventLogSettings(600_000, Runtime.getRuntime().maxMemory() / 4, 10_000, 1_000_000);
  }
}
