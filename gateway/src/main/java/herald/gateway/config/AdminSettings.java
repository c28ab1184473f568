package herald.gateway.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the admin address.
 *
 * @param tls null without TLS
 * @param tokenFile holds the token that requests have to carry; null if anybody may ask
 */
public record AdminSettings(@Nullable TlsSettings tls, @Nullable Path tokenFile) {

  /** The defaults of the command line: anybody who reaches the address. */
  public static AdminSettings defaults() {
    return new AdminSettings(null, null);
  }
}
