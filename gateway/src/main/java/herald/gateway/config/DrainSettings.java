package herald.gateway.config;

/**
 * How the gateway leaves.
 *
 * @param confirmTimeoutMillis how long a connection may take to confirm what was written to it
 *     before it is closed
 * @param timeoutMillis from the first signal to the exit, whatever is still open
 */
public record DrainSettings(int confirmTimeoutMillis, int timeoutMillis) {

  /** Checks the values. */
  public DrainSettings {
    Require.atLeast("drain confirmation", confirmTimeoutMillis, 0, "ms");
    Require.greater(
        "drain timeout", timeoutMillis, "drain confirmation", confirmTimeoutMillis, "ms");
  }

  /** The defaults of the command line. */
  public static DrainSettings defaults() {
    return new DrainSettings(2_000, 20_000);
  }
}
