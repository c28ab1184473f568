package herald.gateway.commands;

import herald.gateway.config.TracingSettings;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The traces that are sent to a collector of OpenTelemetry. */
@Command(optionListHeading = "%nTraces:%n")
final class TracingOptions {
  private static final TracingSettings DEFAULTS = TracingSettings.defaults();

  @Option(
      names = "--otlp-endpoint",
      paramLabel = "URL",
      description =
          "Sends the way of some events, from commit to write, as traces to this collector, in"
              + " OTLP over HTTP: for example http://127.0.0.1:4318/v1/traces.%n"
              + "  Default: none are sent")
  private @Nullable String endpoint;

  @Option(
      names = "--trace-ratio",
      paramLabel = "N",
      description =
          "The share of batches of events of which a trace is sent, more than 0 and at most 1.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private double ratio = DEFAULTS.ratio();

  /**
   * The settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  TracingSettings settings() {
    return new TracingSettings(endpoint == null ? null : uri(endpoint), ratio);
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "the OTLP endpoint is not a URL (expected: http://HOST:PORT/v1/traces)", e);
    }
  }
}
