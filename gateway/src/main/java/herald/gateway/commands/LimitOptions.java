package herald.gateway.commands;

import herald.gateway.config.LimitSettings;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How many clients may come, and how fast. */
@Command(optionListHeading = "%nLimits:%n")
final class LimitOptions {
  private static final LimitSettings DEFAULTS = LimitSettings.defaults();

  @Option(
      names = "--max-connections-per-address",
      paramLabel = "N",
      description = "Client sockets of one address (of IPv6: of one /64); 0 is no limit.")
  private int connectionsPerAddress = DEFAULTS.connectionsPerAddress();

  @Option(
      names = "--max-connections-per-user",
      paramLabel = "N",
      description = "Connections of one user; 0 is no limit.")
  private int connectionsPerUser = DEFAULTS.connectionsPerUser();

  @Option(
      names = "--max-handshakes-per-address",
      paramLabel = "N",
      description =
          "Handshakes per second of one address; ten seconds' worth may come at once; 0 is no"
              + " limit.")
  private int handshakesPerSecondPerAddress = DEFAULTS.handshakesPerSecondPerAddress();

  @Option(
      names = "--max-handshakes",
      paramLabel = "N",
      description = "Handshakes per second in all; 0 is no limit.")
  private int handshakesPerSecond = DEFAULTS.handshakesPerSecond();

  @Option(
      names = "--max-loop-lag",
      paramLabel = "TIME",
      description = "An event loop that is this much behind takes no handshakes; 0ms is no limit.")
  private Duration maxLoopLag = DEFAULTS.maxLoopLag();

  @Option(
      names = "--refusal-hold",
      paramLabel = "TIME",
      description = "How long a refused client waits for the answer, since it may be back at once.")
  private Duration refusalHold = DEFAULTS.refusalHold();

  @Option(
      names = "--max-held",
      paramLabel = "N",
      description = "How many refused clients may wait like this; all others are refused at once.")
  private int maxHeld = DEFAULTS.maxHeld();

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  LimitSettings settings() {
    return LimitSettings.builder()
        .connectionsPerAddress(connectionsPerAddress)
        .connectionsPerUser(connectionsPerUser)
        .handshakesPerSecondPerAddress(handshakesPerSecondPerAddress)
        .handshakesPerSecond(handshakesPerSecond)
        .maxLoopLag(maxLoopLag)
        .refusalHold(refusalHold)
        .maxHeld(maxHeld)
        .build();
  }
}
