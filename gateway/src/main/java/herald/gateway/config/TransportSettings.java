package herald.gateway.config;

/**
 * How sockets are driven.
 *
 * @param eventLoops threads that drive them
 */
public record TransportSettings(TransportKind kind, int eventLoops) {
  /** Checks the bounds. */
  public TransportSettings {
    Require.atLeast("event loops", eventLoops, 1, "");
  }

  /** The defaults of the command line. */
  public static TransportSettings defaults() {
    return new TransportSettings(TransportKind.AUTO, Runtime.getRuntime().availableProcessors());
  }
}
