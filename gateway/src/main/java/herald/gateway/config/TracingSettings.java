package herald.gateway.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Whether the way of some events is sent to a collector of OpenTelemetry.
 *
 * @param endpoint where spans are sent in OTLP over HTTP, with its path; null if none are
 * @param ratio the share of batches of events of which one is sent, more than 0 and at most 1
 */
public record TracingSettings(@Nullable URI endpoint, double ratio) {
  private static final double DEFAULT_RATIO = 0.001;

  /** Checks the values. */
  public TracingSettings {
    if (!(ratio > 0 && ratio <= 1)) {
      throw new IllegalArgumentException(
          "trace ratio " + ratio + " (expected: more than 0 and at most 1)");
    }
    if (endpoint != null
        && (endpoint.getHost() == null
            || endpoint.getUserInfo() != null
            || !("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme())))) {
      throw new IllegalArgumentException(
          "the OTLP endpoint is not an address that spans can be sent to (expected:"
              + " http://HOST:PORT/v1/traces or https://..., without a user)");
    }
  }

  /** No traces. */
  public static TracingSettings defaults() {
    return new TracingSettings(null, DEFAULT_RATIO);
  }
}
