package herald.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetersTest {
  private enum Fruit {
    APPLE,
    DRIED_PEAR
  }

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Meters meters = new Meters(registry);

  @Test
  void everyConstantHasItsSeriesFromTheStart() {
    var closed = meters.connections().closed(Fruit.class);
    closed.increment(Fruit.DRIED_PEAR);
    assertThat(registry.scrape())
        .contains("herald_connections_closed_total{reason=\"apple\"} 0.0")
        .contains("herald_connections_closed_total{reason=\"dried_pear\"} 1.0");
  }

  @Test
  void handshakesStandTogetherByOutcome() {
    meters.handshakes().refused(Fruit.class).increment(Fruit.APPLE);
    meters.handshakes().upgraded(TimeUnit.MILLISECONDS.toNanos(3));
    assertThat(registry.scrape())
        .contains("herald_handshakes_total{outcome=\"apple\"} 1.0")
        .contains("herald_handshakes_total{outcome=\"upgraded\"} 1.0")
        .contains("herald_handshakes_total{outcome=\"abandoned\"} 0.0")
        .contains("herald_handshake_time_seconds_bucket{le=\"0.005\"} 1");
  }

  @Test
  void theStagesOfAPushAreHistogramsInSeconds() {
    meters.push().passed(PushMeters.Stage.FETCH, TimeUnit.MILLISECONDS.toNanos(30));
    meters.push().passed(PushMeters.Stage.NOTIFICATION, -5);
    meters
        .push()
        .written(0, TimeUnit.MILLISECONDS.toNanos(299), TimeUnit.MILLISECONDS.toNanos(300));
    assertThat(registry.scrape())
        .contains("herald_push_stage_seconds_bucket{stage=\"fetch\",le=\"0.025\"} 0")
        .contains("herald_push_stage_seconds_bucket{stage=\"fetch\",le=\"0.05\"} 1")
        .contains("herald_push_stage_seconds_count{stage=\"notification\"} 1")
        .contains("herald_push_stage_seconds_bucket{stage=\"write\",le=\"0.001\"} 1")
        .contains("herald_push_lag_seconds_bucket{le=\"0.5\"} 1");
  }

  @Test
  void thePartsGaugesGoWithItAndItsCountsStay() {
    for (int time = 1; time <= 2; time++) {
      int waiting = time;
      try (PartMeters part = meters.part()) {
        part.meters().feed().waiting(() -> waiting, () -> 0);
        part.meters().feed().unannounced();
        assertThat(registry.scrape()).contains("herald_feed_oldest_waiting_seconds " + time + ".0");
      }
    }
    assertThat(registry.scrape())
        .doesNotContain("herald_feed_oldest_waiting_seconds")
        .contains("herald_feed_unannounced_total 2.0");
  }

  @Test
  void figuresThatOthersKeepAreStillThereAfterACollection() {
    AtomicLong kept = new AtomicLong(7);
    new MeterFactory(registry)
        .counter("herald.test", "A test.", Tags.of("fruit", "apple"), kept::get);
    System.gc();
    assertThat(registry.scrape()).contains("herald_test_total{fruit=\"apple\"} 7.0");
  }

  @Test
  void theProcessSaysWhatRuns() {
    ProcessMeters.declare(registry, "1.2.3", "17.0.1", () -> 0);
    assertThat(registry.scrape())
        .contains("herald_build_info{java=\"17.0.1\",version=\"1.2.3\"} 1")
        .contains("herald_buffers_bytes{memory=\"direct\"}")
        .contains("jvm_memory_used_bytes{area=\"heap\"");
  }
}
