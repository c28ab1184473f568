package herald.gateway.commands;

import herald.gateway.commands.Quantities.Millis;
import herald.gateway.commands.Quantities.MillisConverter;
import herald.gateway.config.TlsSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** TLS for clients, if wanted. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields that have a default
final class TlsOptions {
  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description =
          "Serves clients over TLS 1.2 and 1.3: the certificate and its chain, PEM.%n"
              + "  Default: no TLS")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "Its private key, PEM (PKCS #8, no password).")
  private @Nullable Path key;

  @Option(
      names = "--tls-reload",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = MillisConverter.class,
      description =
          "How often both files are looked at again; nobody is dropped.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis reload;

  /**
   * The settings; null without TLS.
   *
   * @throws IllegalArgumentException with one sentence
   */
  @Nullable TlsSettings settings() {
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw new IllegalArgumentException(
          (certificate == null ? "--tls-key" : "--tls-certificate")
              + " is given alone (expected: --tls-certificate and --tls-key)");
    }
    return new TlsSettings(certificate, key, reload.asInt());
  }
}
