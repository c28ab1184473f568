package herald.gateway.commands;

import herald.gateway.config.ByteSize;
import herald.gateway.config.InboundSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a client may send. */
@Command(optionListHeading = "%nWhat clients may send:%n")
final class InboundOptions {
  private static final InboundSettings DEFAULTS = InboundSettings.defaults();

  @Option(
      names = "--max-inbound-bytes",
      paramLabel = "SIZE",
      description =
          "Bytes per second of one client; ten seconds' worth may come at once; 0 is no limit.")
  private ByteSize maxInboundBytes = DEFAULTS.bytesPerSecond();

  @Option(
      names = "--max-inbound-messages",
      paramLabel = "N",
      description =
          "Messages, pings and pongs per second of one client; ten seconds' worth may come at once;"
              + " 0 is no limit.")
  private int maxInboundMessages = DEFAULTS.messagesPerSecond();

  @Option(names = "--max-fragments", paramLabel = "N", description = "Fragments of one message.")
  private int maxFragments = DEFAULTS.maxFragments();

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  InboundSettings settings() {
    return new InboundSettings(maxInboundBytes, maxInboundMessages, maxFragments);
  }
}
