package herald.gateway.commands;

import herald.gateway.config.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** TLS for clients, if wanted. */
@Command(optionListHeading = "%nTLS:%n")
final class TlsOptions {

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description =
          "Serves clients over TLS 1.2 and 1.3: the certificate and its chain, PEM.%n  Default: no"
              + " TLS")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The private key of the certificate, PEM (PKCS #8, no password).")
  private @Nullable Path key;

  @Option(
      names = "--tls-reload",
      paramLabel = "TIME",
      description =
          "How often both files, and those of the admin address, are checked for a change; no"
              + " connection is closed for it.")
  private Duration reload = TlsSettings.RELOAD_INTERVAL;

  /** How often files of certificates are checked for a change. */
  Duration reload() {
    return reload;
  }

  /**
   * The settings; null without TLS.
   *
   * @throws IllegalArgumentException with one sentence
   */
  @Nullable TlsSettings settings() {
    return CertificateOptions.settings("--tls", certificate, key, reload);
  }
}
