package herald.gateway.commands;

import herald.gateway.config.ByteSize;
import herald.gateway.config.HandshakeSettings;
import herald.protocol.RecoveryProvider;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What happens between accept and the upgrade. */
@Command(optionListHeading = "%nHandshakes and signatures:%n")
final class HandshakeOptions {
  private static final HandshakeSettings DEFAULTS = HandshakeSettings.defaults();

  @Option(
      names = "--handshake-deadline",
      paramLabel = "TIME",
      description = "How long a client may take from accept to the upgrade.")
  private Duration deadline = DEFAULTS.deadline();

  @Option(
      names = "--max-request-line",
      paramLabel = "SIZE",
      description = "Longest request line, and so longest URL.")
  private ByteSize maxRequestLine = DEFAULTS.maxRequestLine();

  @Option(
      names = "--max-headers",
      paramLabel = "SIZE",
      description = "Size of all request headers together.")
  private ByteSize maxHeader = DEFAULTS.maxHeader();

  @Option(
      names = "--max-header-count",
      paramLabel = "N",
      description = "How many request headers a client may send.")
  private int maxHeaderCount = DEFAULTS.maxHeaderCount();

  @Option(
      names = "--signature-life",
      paramLabel = "TIME",
      description = "How far a signed timestamp may be from now, in either direction.")
  private Duration signatureLife = DEFAULTS.signatureLife();

  @Option(
      names = "--single-use",
      paramLabel = "N",
      description =
          "How many signed URLs are remembered, each of which may be used once within its life; 0"
              + " lets all be used again.")
  private int singleUse = DEFAULTS.singleUse();

  @Option(
      names = "--device-cookie",
      paramLabel = "NAME|off",
      description =
          "Cookie by which a client's device is known again when it reconnects; off sets none.")
  private String deviceCookie = DEFAULTS.deviceCookie();

  @Option(
      names = "--refuse-with-close",
      description =
          "Answer a refused client by a WebSocket that is closed at once with a code from 4400 to"
              + " 4503, since browsers hide the status of a response from the page.")
  private boolean refuseWithClose;

  @Option(
      names = "--recovery",
      paramLabel = "auto|native|java",
      description = "Which implementation recovers wallets from signatures.")
  private RecoveryProvider recoveryProvider = DEFAULTS.recoveryProvider();

  @Option(
      names = "--recovery-threads",
      paramLabel = "N",
      description = "Threads that recover wallets.%n  Default: the number of processors")
  private @Nullable Integer recoveryThreads;

  @Option(
      names = "--max-waiting-recoveries",
      paramLabel = "N",
      description = "Signatures that may wait for such a thread; one more is refused.")
  private int maxWaitingRecoveries = DEFAULTS.maxWaitingRecoveries();

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  HandshakeSettings settings() {
    return HandshakeSettings.builder()
        .deadline(deadline)
        .maxRequestLine(maxRequestLine)
        .maxHeader(maxHeader)
        .maxHeaderCount(maxHeaderCount)
        .signatureLife(signatureLife)
        .singleUse(singleUse)
        .deviceCookie(deviceCookie.equalsIgnoreCase("off") ? "" : deviceCookie)
        .refuseWithClose(refuseWithClose)
        .recoveryProvider(recoveryProvider)
        .recoveryThreads(recoveryThreads == null ? DEFAULTS.recoveryThreads() : recoveryThreads)
        .maxWaitingRecoveries(maxWaitingRecoveries)
        .build();
  }
}
