package herald.gateway.config;

import java.util.ArrayList;
import java.util.List;

/**
 * What the configuration takes of the heap at least. The log is counted as it is configured, and
 * connections and remembered positions where more of them are asked for than by default: the
 * defaults are bounds that a small instance never reaches.
 */
public final class HeapRoom {
  /** Of an idle connection, by {@code herald-bench idle}. */
  private static final long BYTES_OF_A_CONNECTION = 2_500;

  /** By {@code herald-bench devices}. */
  private static final long BYTES_OF_A_POSITION = 270;

  private HeapRoom() {}

  /**
   * Refuses what can't fit.
   *
   * @throws IllegalArgumentException with one sentence
   */
  public static void require(EventLogSettings log, ConnectionSettings connections, long heapBytes) {
    log.requireRoom(heapBytes);
    long bytes = log.maxBytes().bytes();
    List<String> counted = new ArrayList<>();
    if (connections.maxConnections() > ConnectionSettings.defaults().maxConnections()) {
      bytes += connections.maxConnections() * BYTES_OF_A_CONNECTION;
      counted.add("--max-connections " + connections.maxConnections());
    }
    if (log.maxRemembered() > EventLogSettings.defaults().maxRemembered()) {
      bytes += log.maxRemembered() * BYTES_OF_A_POSITION;
      counted.add("--max-remembered " + log.maxRemembered());
    }
    // The rest is for replays, and for what the garbage collector needs to work with.
    if (!counted.isEmpty() && bytes > heapBytes - heapBytes / 4) {
      throw new IllegalArgumentException(
          String.join(" and ", counted)
              + " and the log of "
              + log.maxBytes().bytes()
              + " bytes take at least "
              + bytes
              + " bytes, and the heap can hold "
              + heapBytes
              + " (expected: three quarters of the heap or less; raise -Xmx in HERALD_JAVA_OPTS or"
              + " lower these options)");
    }
  }
}
