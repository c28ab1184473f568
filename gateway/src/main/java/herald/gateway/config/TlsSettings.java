package herald.gateway.config;

import java.nio.file.Path;

/**
 * TLS for clients.
 *
 * @param certificates PEM: the server's certificate, then those between it and the root
 * @param privateKey PEM, PKCS #8 without a password
 * @param reloadIntervalMillis how often both files are looked at again
 */
public record TlsSettings(Path certificates, Path privateKey, int reloadIntervalMillis) {

  /** Checks the values. */
  public TlsSettings {
    Require.atLeast("TLS reload interval", reloadIntervalMillis, 100, "ms");
  }
}
