package herald.gateway.config;

/**
 * How connected users are looked at again.
 *
 * @param intervalMillis from one round to the next; 0 never looks
 * @param batch users in one query
 */
public record RevalidationSettings(int intervalMillis, int batch) {

  /** Checks the values. */
  public RevalidationSettings {
    Require.atLeast("revalidation interval", intervalMillis, 0, "ms");
    Require.atLeast("revalidation batch", batch, 1, "");
  }

  /** The defaults of the command line. */
  public static RevalidationSettings defaults() {
    return new RevalidationSettings(5 * 60_000, 1_000);
  }
}
