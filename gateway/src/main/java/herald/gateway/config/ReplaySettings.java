package herald.gateway.config;

/**
 * Bounds of a replay from the database, which a client asks for with {@code after=} when memory
 * does not reach back far enough.
 *
 * @param maxEvents events replayed to one connection; what is beyond is a gap
 * @param maxAgeMillis how far back the database is read; what is beyond is a gap
 * @param threads replays at once; more wait
 * @param maxWaiting replays that may wait; one more gets a gap
 */
public record ReplaySettings(int maxEvents, long maxAgeMillis, int threads, int maxWaiting) {

  /** Checks the values. */
  public ReplaySettings {
    Require.atLeast("max replay", maxEvents, 1, "events");
    Require.atLeast("max replay age", maxAgeMillis, 1_000, "ms");
    Require.atLeast("replay threads", threads, 1, "");
    Require.atLeast("max waiting replays", maxWaiting, 1, "");
  }

  /** The defaults of the command line. */
  public static ReplaySettings defaults() {
    return new ReplaySettings(1_000, 3_600_000, 2, 1_000);
  }
}
