package herald.gateway.commands;

import herald.gateway.config.TransportKind;
import herald.gateway.config.TransportSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How sockets are driven. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields that have a default
final class TransportOptions {
  private enum Switch {
    ON,
    OFF
  }

  @Option(
      names = "--transport",
      paramLabel = "KIND",
      defaultValue = "auto",
      description =
          "What drives the sockets: auto (epoll, else nio), epoll, io_uring or nio."
              + "%n  Default: ${DEFAULT-VALUE}")
  private TransportKind transport;

  @Option(
      names = "--event-loops",
      paramLabel = "N",
      description = "Threads that drive the sockets.%n  Default: the number of processors")
  private @Nullable Integer eventLoops;

  @Option(
      names = "--direct-writes",
      paramLabel = "on|off",
      defaultValue = "on",
      description =
          "Whether frames are given directly to the socket, past Netty's pipeline, where that is"
              + " possible: with epoll and without TLS. This uses a class that Netty marks as"
              + " internal; off avoids it.%n  Default: ${DEFAULT-VALUE}")
  private Switch directWrites;

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  TransportSettings settings() {
    return new TransportSettings(
        transport,
        eventLoops == null ? TransportSettings.defaults().eventLoops() : eventLoops,
        directWrites == Switch.ON);
  }
}
