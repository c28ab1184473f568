package herald.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.GatewayConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusReportTest {
  private record ProbeSettings(int intervalMillis, String apiToken, String keyPassword) {}

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private String report(Record configuration, @Nullable String reason) throws Exception {
    StatusReport report =
        new StatusReport(
            configuration,
            registry,
            () -> reason,
            () -> "15.15",
            () ->
                CompletableFuture.completedFuture(
                    List.of(new SlowConnection("Ab3xY", "203.0.113.0/24", 2_500, 7, 1))));
    String text = report.write().toCompletableFuture().get();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      while (json.nextToken() != null) {
        // Throws when it is no JSON.
      }
    }
    return text;
  }

  @Test
  void saysStateFiguresAndTheSlowest() throws Exception {
    Gauge.builder("herald.log.bytes", () -> 4_096).register(registry);
    Gauge.builder("herald.stream.fallback", () -> 1).register(registry);
    Gauge.builder("herald.postgresql.notification.queue.ratio", () -> Double.NaN)
        .register(registry);
    String text =
        report(
            GatewayConfig.defaults(DatabaseUrl.parse("postgresql://me:hush@db:5432/x")),
            "draining");
    assertThat(text)
        .contains("\"ready\" : false")
        .contains("\"notReadyReason\" : \"draining\"")
        .contains("\"herald_log_bytes\" : 4096")
        .contains("\"herald_stream_fallback\" : 1")
        .contains("\"herald_postgresql_notification_queue_ratio\" : null")
        .contains("\"user\" : \"Ab3xY\"")
        .contains("\"stalledMillis\" : 2500")
        .contains("\"postgresql\" : \"15.15\"");
  }

  @Test
  void theConfigurationSaysNoSecret() throws Exception {
    String text =
        report(GatewayConfig.defaults(DatabaseUrl.parse("postgresql://me:hush@db:5432/x")), null);
    assertThat(text)
        .contains("\"listenDatabase\" : \"postgresql://db:5432/x\"")
        .contains("\"pingIntervalMillis\" : 30000")
        .contains("\"notReadyReason\" : null")
        .doesNotContain("hush")
        .doesNotContain("me:");
    assertThat(report(new ProbeSettings(5, "t0ken", "hush"), null))
        .contains("\"intervalMillis\" : 5")
        .doesNotContain("t0ken")
        .doesNotContain("hush");
  }
}
