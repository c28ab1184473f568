package herald.gateway.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * TLS on one address.
 *
 * @param certificates PEM: the server's certificate, then those between it and the root
 * @param privateKey PEM, PKCS #8 without a password
 * @param reloadInterval how often both files are checked for a change
 */
public record TlsSettings(Path certificates, Path privateKey, Duration reloadInterval) {

  /** The default of the command line. */
  public static final Duration RELOAD_INTERVAL = Duration.ofSeconds(10);

  /** Refuses values that make no sense. */
  public TlsSettings {
    Require.timeout("TLS reload interval", reloadInterval, Duration.ofMillis(100));
  }

  /** In milliseconds. */
  public int reloadIntervalMillis() {
    return (int) reloadInterval.toMillis();
  }
}
