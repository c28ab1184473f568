package herald.demo.page;

import herald.demo.gateways.GatewayInstances;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Tells the open pages what each instance has counted, as often as an eye can follow and only when
 * it has changed: the stages of the picture light up by it. Reads the same text that Prometheus
 * reads.
 */
final class Pulse implements AutoCloseable {
  private static final long EVERY_MILLIS = 150;

  /** What the page calls a stage, and the metric that counts it. */
  private static final List<Map.Entry<String, String>> STAGES =
      List.of(
          Map.entry("ready", "herald_listener_ready"),
          Map.entry("losses", "herald_listener_losses_total"),
          Map.entry("notified", "herald_feed_notifications_total"),
          Map.entry("fetched", "herald_feed_rows_total"),
          Map.entry("caughtUp", "herald_feed_catchup_rows_total"),
          Map.entry("logged", "herald_events_total"),
          Map.entry("written", "herald_deliveries_total"),
          Map.entry("waiting", "herald_feed_waiting"),
          Map.entry("remembered", "herald_remembered"),
          Map.entry("gaps", "herald_gaps_total"),
          Map.entry("open", "herald_connections_open"));

  private final GatewayInstances instances;
  private final LiveFeed live;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("demo-pulse", true));
  private String last = "";

  Pulse(GatewayInstances instances, LiveFeed live) {
    this.instances = instances;
    this.live = live;
    var unused =
        thread.scheduleWithFixedDelay(
            this::look, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (live.hasPages()) {
      String now = asJson();
      if (!now.equals(last)) {
        last = now;
        live.tell("pulse", now);
      }
    }
  }

  /** The counters of each instance in the order of their numbers, as JSON. Any thread. */
  String asJson() {
    return instances.all().stream()
        .map(instance -> counters(instance.metrics()))
        .collect(Collectors.joining(",", "{\"instances\":[", "]}"));
  }

  private static String counters(String metrics) {
    Map<String, Double> sums = new LinkedHashMap<>();
    metrics
        .lines()
        .filter(line -> line.startsWith("herald_"))
        .forEach(
            line -> {
              String name = line.split("[ {]", 2)[0];
              double value = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
              sums.merge(name, value, Double::sum);
            });
    return STAGES.stream()
        .map(
            stage ->
                "\""
                    + stage.getKey()
                    + "\":"
                    + Math.round(sums.getOrDefault(stage.getValue(), 0.0)))
        .collect(Collectors.joining(",", "{", "}"));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
