package herald.gateway.commands;

import herald.gateway.commands.Quantities.Bytes;
import herald.gateway.commands.Quantities.BytesConverter;
import herald.gateway.config.InboundSettings;
import picocli.CommandLine.Option;

/** What a client may send. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields that have a default
final class InboundOptions {
  @Option(
      names = "--max-inbound-bytes",
      paramLabel = "SIZE",
      defaultValue = "256k",
      converter = BytesConverter.class,
      description =
          "Bytes per second that a client may send; ten seconds' worth may come at once; 0 is no"
              + " limit.%n  Default: ${DEFAULT-VALUE}")
  private Bytes maxInboundBytes;

  @Option(
      names = "--max-inbound-messages",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Messages, pings and pongs per second, in the same way.%n  Default: ${DEFAULT-VALUE}")
  private int maxInboundMessages;

  @Option(
      names = "--max-fragments",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Fragments of one message.%n  Default: ${DEFAULT-VALUE}")
  private int maxFragments;

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  InboundSettings settings() {
    return new InboundSettings(maxInboundBytes.asInt(), maxInboundMessages, maxFragments);
  }
}
