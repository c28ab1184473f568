package herald.gateway.commands;

import herald.gateway.config.ByteSize;
import herald.gateway.config.ConnectionSettings;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What one open connection may use. */
@Command(optionListHeading = "%nOpen connections:%n")
final class ConnectionOptions {
  private static final ConnectionSettings DEFAULTS = ConnectionSettings.defaults();

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Client sockets that may be open at once.")
  private int maxConnections = DEFAULTS.maxConnections();

  @Option(
      names = "--ping-interval",
      paramLabel = "TIME",
      description = "A client to which no ping was sent for this long is sent one.")
  private Duration pingInterval = DEFAULTS.pingInterval();

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      description =
          "A client that sends nothing for this long counts as dead, and its connection is closed.")
  private Duration idleTimeout = DEFAULTS.idleTimeout();

  @Option(
      names = "--acknowledge-interval",
      paramLabel = "TIME",
      description =
          "Events to a client are followed by a ping this often, or up to a quarter sooner; its"
              + " answer confirms them.")
  private Duration acknowledgeInterval = DEFAULTS.acknowledgeInterval();

  @Option(
      names = "--write-deadline",
      paramLabel = "TIME",
      description =
          "A client for which bytes wait, and that takes none of them for this long, is"
              + " disconnected.")
  private Duration writeDeadline = DEFAULTS.writeDeadline();

  @Option(
      names = "--slow-client-timeout",
      paramLabel = "TIME",
      description =
          "A client for which more than the high watermark waits for this long without interruption"
              + " is disconnected, though it takes bytes; 0s never does that.")
  private Duration slowClientTimeout = DEFAULTS.slowClientTimeout();

  @Option(
      names = "--high-watermark",
      paramLabel = "SIZE",
      description = "Bytes that may wait for one client before the gateway stops writing to it.")
  private ByteSize highWatermark = DEFAULTS.highWatermark();

  @Option(
      names = "--low-watermark",
      paramLabel = "SIZE",
      description = "The gateway writes again when fewer bytes than this wait.")
  private ByteSize lowWatermark = DEFAULTS.lowWatermark();

  @Option(
      names = "--send-buffer",
      paramLabel = "SIZE",
      description =
          "Bytes that the kernel may hold for one client (SO_SNDBUF); 0 leaves it to the kernel.")
  private ByteSize sendBuffer = DEFAULTS.sendBuffer();

  @Option(
      names = "--max-message",
      paramLabel = "SIZE",
      description = "Largest message that a client may send; its content is discarded.")
  private ByteSize maxMessage = DEFAULTS.maxMessage();

  @Option(
      names = "--close-timeout",
      paramLabel = "TIME",
      description = "How long a client may take to answer a close frame.")
  private Duration closeTimeout = DEFAULTS.closeTimeout();

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  ConnectionSettings settings() {
    return ConnectionSettings.builder()
        .maxConnections(maxConnections)
        .pingInterval(pingInterval)
        .idleTimeout(idleTimeout)
        .acknowledgeInterval(acknowledgeInterval)
        .writeDeadline(writeDeadline)
        .slowClientTimeout(slowClientTimeout)
        .highWatermark(highWatermark)
        .lowWatermark(lowWatermark)
        .sendBuffer(sendBuffer)
        .maxMessage(maxMessage)
        .closeTimeout(closeTimeout)
        .build();
  }
}
