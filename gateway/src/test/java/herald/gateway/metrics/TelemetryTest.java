package herald.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.TracingSettings;
import herald.gateway.tracing.PushTraces;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TelemetryTest {
  private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0";

  /** Nothing listens there: what is sent is lost. */
  private static final URI COLLECTOR = URI.create("http://127.0.0.1:1/v1/traces");

  @Test
  void onlyMetersOfPushesNameTraces() {
    try (Telemetry telemetry = new Telemetry(new TracingSettings(COLLECTOR, 1), "1")) {
      PushMeters push = telemetry.meters().push();
      PushTraces traces = Objects.requireNonNull(push.tracesOfNext());
      traces.begin(new PushTraces.Begun("chat.message", "1", 1, 100, 200, 300, 400));

      traces.onWritten(
          100,
          500,
          () -> {
            push.passed(PushMeters.Stage.WRITE, 100);
            telemetry.registry().counter("others.count").increment();
            telemetry.registry().timer("others.time").record(1, TimeUnit.MILLISECONDS);
          });

      assertThat(telemetry.registry().scrape(OPEN_METRICS).lines())
          .as("all meters are scraped together")
          .anyMatch(line -> line.startsWith("others_count_total 1"))
          .anyMatch(line -> line.startsWith("others_time_seconds_count 1"))
          .filteredOn(line -> line.contains("trace_id"))
          .isNotEmpty()
          .allMatch(line -> line.startsWith("herald_push_stage_seconds_"));
    }
  }

  @Test
  void withoutTracesNoneIsNamed() {
    try (Telemetry telemetry = new Telemetry(new TracingSettings(null, 1), "1")) {
      PushMeters push = telemetry.meters().push();
      push.passed(PushMeters.Stage.WRITE, 100);

      assertThat(push.tracesOfNext()).isNull();
      assertThat(telemetry.registry().scrape(OPEN_METRICS))
          .contains("herald_push_stage_seconds_count{stage=\"write\"} 1")
          .doesNotContain("trace_id");
    }
  }
}
