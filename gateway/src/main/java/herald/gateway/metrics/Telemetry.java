package herald.gateway.metrics;

import herald.gateway.config.TracingSettings;
import herald.gateway.tracing.PushTraces;
import io.micrometer.core.instrument.Clock;
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
    registry =
        traces == null
            ? new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)
            : new PrometheusMeterRegistry(
                PrometheusConfig.DEFAULT,
                new PrometheusRegistry(),
                Clock.SYSTEM,
                traces.exemplars());
    meters = new Meters(registry, traces);
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
