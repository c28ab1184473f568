package herald.gateway.commands;

import herald.gateway.config.AdminSettings;
import herald.gateway.config.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Who may use the address for operators. */
@Command(optionListHeading = "%nAccess for operators:%n")
final class AdminOptions {
  @Option(
      names = "--admin-tls-certificate",
      paramLabel = "FILE",
      description =
          "Serves operators over TLS: the certificate and its chain, PEM.%n  Default: no TLS")
  private @Nullable Path certificate;

  @Option(
      names = "--admin-tls-key",
      paramLabel = "FILE",
      description = "The private key of this certificate, PEM (PKCS #8, no password).")
  private @Nullable Path key;

  @Option(
      names = "--admin-token-file",
      paramLabel = "FILE",
      description =
          "A file with a token of 16 characters or more that requests to --admin have to carry,"
              + " except for /livez and /readyz. It is read again for each request.%n"
              + "  Default: none is asked for")
  private @Nullable Path tokenFile;

  /**
   * The settings.
   *
   * @param reload how often the certificate's files are checked for a change
   * @throws IllegalArgumentException with one sentence
   */
  AdminSettings settings(Duration reload) {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          (certificate == null ? "--admin-tls-key" : "--admin-tls-certificate")
              + " is given alone (expected: --admin-tls-certificate and --admin-tls-key)");
    }
    TlsSettings tls =
        certificate == null || key == null ? null : new TlsSettings(certificate, key, reload);
    return new AdminSettings(tls, tokenFile);
  }
}
