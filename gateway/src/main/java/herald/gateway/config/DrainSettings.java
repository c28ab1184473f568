package herald.gateway.config;

/**
 * How connections are let go when nothing is wrong with them: on a stop, and when they are old.
 *
 * @param delayMillis from the moment the gateway says that it is not ready to the first close; the
 *     balancer's time to notice
 * @param periodMillis over which the closes are spread evenly; clients come back at once, and
 *     elsewhere they should not all come at once
 * @param confirmTimeoutMillis how long a connection may take to confirm what was written to it
 *     before it is closed
 * @param timeoutMillis from the first signal to the exit, whatever is still open
 * @param maxLifetimeMillis how long a connection may live; each gets a random time between half of
 *     it and all of it. 0 is without end
 */
public record DrainSettings(
    int delayMillis,
    int periodMillis,
    int confirmTimeoutMillis,
    int timeoutMillis,
    long maxLifetimeMillis) {
  private static final long SHORTEST_LIFETIME_MILLIS = 60_000;

  /** Checks the values. */
  public DrainSettings {
    Require.atLeast("drain delay", delayMillis, 0, "ms");
    Require.atLeast("drain period", periodMillis, 0, "ms");
    Require.atLeast("drain confirmation", confirmTimeoutMillis, 0, "ms");
    Require.greater(
        "drain timeout",
        timeoutMillis,
        "drain's delay, period and confirmation together",
        (long) delayMillis + periodMillis + confirmTimeoutMillis,
        "ms");
    if (maxLifetimeMillis != 0) {
      Require.atLeast(
          "max lifetime (0 is without end)", maxLifetimeMillis, SHORTEST_LIFETIME_MILLIS, "ms");
    }
  }

  /** The defaults of the command line. */
  public static DrainSettings defaults() {
    return new DrainSettings(5_000, 10_000, 2_000, 25_000, 0);
  }
}
