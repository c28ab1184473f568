package herald.gateway.commands;

import herald.gateway.config.TransportKind;
import herald.gateway.config.TransportSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How sockets are driven. */
@Command(optionListHeading = "%nSockets:%n")
final class TransportOptions {

  private static final TransportSettings DEFAULTS = TransportSettings.defaults();

  @Option(
      names = "--transport",
      paramLabel = "KIND",
      description =
          "What drives the sockets: auto (epoll where there is one, else nio), epoll, io_uring or"
              + " nio.")
  private TransportKind transport = DEFAULTS.kind();

  @Option(
      names = "--event-loops",
      paramLabel = "N",
      description = "Threads that drive the sockets.%n  Default: the number of processors")
  private @Nullable Integer eventLoops;

  @Option(
      names = "--direct-writes",
      paramLabel = "on|off",
      description =
          "Whether frames are given directly to the socket, past Netty's pipeline, where that is"
              + " possible: with epoll and without TLS. This uses a class that Netty marks as"
              + " internal; off avoids it.")
  private Switch directWrites = DEFAULTS.directWrites() ? Switch.ON : Switch.OFF;

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  TransportSettings settings() {
    return new TransportSettings(
        transport,
        eventLoops == null ? DEFAULTS.eventLoops() : eventLoops,
        directWrites == Switch.ON);
  }
}
