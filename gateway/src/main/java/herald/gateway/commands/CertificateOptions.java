package herald.gateway.commands;

import herald.gateway.config.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the options of a certificate say: one and its key are of use together alone. */
final class CertificateOptions {
  private CertificateOptions() {}

  /**
   * The settings; null without TLS.
   *
   * @param prefix with which the names of both options begin
   * @param reload how often the files are checked for a change
   * @throws IllegalArgumentException with one sentence
   */
  static @Nullable TlsSettings settings(
      String prefix, @Nullable Path certificate, @Nullable Path key, Duration reload) {
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw new IllegalArgumentException(
          prefix
              + (certificate == null ? "-key" : "-certificate")
              + " is given alone (expected: "
              + prefix
              + "-certificate and "
              + prefix
              + "-key)");
    }
    return new TlsSettings(certificate, key, reload);
  }
}
