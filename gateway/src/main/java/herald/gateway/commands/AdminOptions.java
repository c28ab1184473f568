package herald.gateway.commands;

import herald.gateway.config.AdminSettings;
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
      names = "--admin-client-ca",
      paramLabel = "FILE",
      description =
          "The authorities, PEM, one of which has to have issued the certificate that clients of"
              + " --admin show, except for /livez and /readyz.%n  Default: none is asked for")
  private @Nullable Path clientAuthorities;

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
    return new AdminSettings(
        CertificateOptions.settings("--admin-tls", certificate, key, reload),
        clientAuthorities,
        tokenFile);
  }
}
