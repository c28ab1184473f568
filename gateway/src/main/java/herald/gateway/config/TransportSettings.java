package herald.gateway.config;

/**
 * How sockets are driven.
 *
 * @param eventLoops threads that drive them
 * @param directWrites whether frames are given directly to the socket where that is possible; this
 *     uses a class that Netty marks as internal
 */
public record TransportSettings(TransportKind kind, int eventLoops, boolean directWrites) {
  /** Checks the bounds. */
  public TransportSettings {
    Require.atLeast("event loops", eventLoops, 1, "");
  }

  /** The defaults, which are also those of the command line. */
  public static TransportSettings defaults() {
    return new TransportSettings(
        TransportKind.AUTO, Runtime.getRuntime().availableProcessors(), true);
  }
}
