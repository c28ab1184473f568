package herald.gateway.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the admin address: whoever fulfils all that is set.
 *
 * @param tls null without TLS
 * @param clientAuthorities PEM: one of these has to have issued the certificate that clients show;
 *     null if none is asked for
 * @param tokenFile holds the token that requests have to carry; null if none is asked for
 */
public record AdminSettings(
    @Nullable TlsSettings tls, @Nullable Path clientAuthorities, @Nullable Path tokenFile) {

  /** Refuses what does not go together. */
  public AdminSettings {
    if (tls == null && clientAuthorities != null) {
      throw new IllegalArgumentException(
          "--admin-client-ca is given without TLS (expected: --admin-tls-certificate and"
              + " --admin-tls-key)");
    }
  }

  /** The defaults of the command line: anybody who reaches the address. */
  public static AdminSettings defaults() {
    return new AdminSettings(null, null, null);
  }
}
