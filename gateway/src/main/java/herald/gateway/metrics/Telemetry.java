package herald.gateway.metrics;

import herald.gateway.config.TracingSettings;
import herald.gateway.tracing.PushTraces;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.jspecify.annotations.Nullable;

/** What an instance says of itself in figures: its metrics, and its traces if they are on. */
public final class Telemetry implements AutoCloseable {
  private final @Nullable PushTraces traces;
  private final PrometheusMeterRegistry registry;
  private final Meters meters;

  /**
   * Declares the meters; with traces, begins to send them.
   *
   * @param version of this build
   */
  public Telemetry(TracingSettings settings, String version) {
    traces = PushTraces.createIfOn(settings, version);
    PrometheusRegistry scraped = new PrometheusRegistry();
    registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, scraped, Clock.SYSTEM);
    meters =
        traces == null
            ? new Meters(registry)
            : new Meters(registry, withExemplars(scraped, traces), traces);
  }

  /**
   * A registry whose meters name traces, and which are scraped with the others. Each of its meters
   * hands a task to a thread of the library several times a second, so it has no more of them than
   * belong to traces.
   */
  private static MeterRegistry withExemplars(PrometheusRegistry scraped, PushTraces traces) {
    return new PrometheusMeterRegistry(
        PrometheusConfig.DEFAULT, scraped, Clock.SYSTEM, traces.exemplars());
  }

  /** The registry in which the meters are declared. */
  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /** The meters. */
  public Meters meters() {
    return meters;
  }

  /** Sends the traces that wait. */
  @Override
  public void close() {
    if (traces != null) {
      traces.close();
    }
  }
}
