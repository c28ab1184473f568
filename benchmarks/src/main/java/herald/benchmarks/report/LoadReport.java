package herald.benchmarks.report;

import herald.benchmarks.load.LoadResult;
import herald.benchmarks.load.LoadResult.Second;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** One load run as text, as JSON and as a page. */
public final class LoadReport {
  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};
  private static final int TICKS_PER_HALF = 5;

  private final String command;
  private final LoadResult result;

  /**
   * @param command what reproduces the run
   */
  public LoadReport(String command, LoadResult result) {
    this.command = command;
    this.result = result;
  }

  /** The result in a few lines. */
  public String text() {
    StringBuilder text = new StringBuilder();
    facts().forEach((name, value) -> text.append(String.format("  %-34s %s%n", name, value)));
    return text.toString();
  }

  private Map<String, String> facts() {
    double seconds = result.measuredNanos() / 1e9;
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("rpc logs committed", Long.toString(result.committed()));
    facts.put("committed per second", number(result.committed() / seconds));
    facts.put("deliveries, expected", Long.toString(result.expected()));
    facts.put("deliveries, arrived", Long.toString(result.delivered()));
    facts.put("delivered per second", number(result.delivered() / seconds));
    facts.put("fewest and most per connection", result.fewest() + ", " + result.most());
    facts.put("connections lost", Integer.toString(result.lost()));
    for (double percentile : PERCENTILES) {
      facts.put(
          percentile == 100
              ? "plan to frame, maximum"
              : "plan to frame, p" + Scale.label(percentile),
          number(result.millis(percentile)) + " ms");
    }
    facts.put(
        "plan to end of commit, p50 and p99",
        number(result.commitTimes().getValueAtPercentile(50) / 1e6)
            + ", "
            + number(result.commitTimes().getValueAtPercentile(99) / 1e6)
            + " ms");
    facts.put("gateway CPU per rpc log", number(result.cpuMicrosPerEvent()) + " us");
    facts.put("gateway CPU per delivery", number(result.cpuMicrosPerDelivery()) + " us");
    return facts;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 1_000 ? "%.0f" : "%.2f", value);
  }

  /** Writes {@code NAME.json} and {@code NAME.html}. */
  public void write(Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    JsonFile.write(directory.resolve(name + ".json"), json());
    Files.writeString(directory.resolve(name + ".html"), page());
  }

  private Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("command", command);
    json.put("machine", Machine.describe());
    json.put("complete", result.isComplete());
    json.put("committed", result.committed());
    json.put("expected", result.expected());
    json.put("delivered", result.delivered());
    json.put("fewestPerConnection", result.fewest());
    json.put("mostPerConnection", result.most());
    json.put("lostConnections", result.lost());
    json.put("measuredSeconds", result.measuredNanos() / 1e9);
    json.put("latencyMillis", percentiles(result.latency()));
    json.put("commitMillis", percentiles(result.commitTimes()));
    json.put("gatewayCpuMicrosPerEvent", result.cpuMicrosPerEvent());
    json.put("gatewayCpuMicrosPerDelivery", result.cpuMicrosPerDelivery());
    json.put("seconds", result.seconds().stream().map(LoadReport::json).toList());
    return json;
  }

  private static Map<String, Object> percentiles(Histogram histogram) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (double percentile : PERCENTILES) {
      json.put("p" + Scale.label(percentile), histogram.getValueAtPercentile(percentile) / 1e6);
    }
    return json;
  }

  private static Map<String, Object> json(Second second) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("second", second.second());
    json.put("open", second.open());
    json.put("committed", second.committed());
    json.put("delivered", second.delivered());
    json.put("p50Millis", second.p50Millis());
    json.put("p99Millis", second.p99Millis());
    json.put("gatewayCpu", second.gatewayCpu());
    json.put("residentBytes", second.residentBytes());
    json.put("heapBytes", second.heapBytes());
    return json;
  }

  private String page() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("figure", "value"));
    facts().forEach((name, value) -> rows.add(List.of(name, value)));
    return new Html("Herald under load")
        .command(command)
        .paragraph(Machine.line())
        .table(rows)
        .chart(
            new LineChart(
                    "Latency by percentile, from the planned moment to the frame",
                    "nines: 1 is p90, 2 is p99, 3 is p99.9",
                    "ms",
                    List.of(
                        nines("to frame", result.latency()),
                        nines("to end of commit", result.commitTimes())))
                .svg())
        .chart(
            overTime(
                    "Latency over time",
                    "ms",
                    List.of(line("p50", Second::p50Millis), line("p99", Second::p99Millis)))
                .svg())
        .chart(
            overTime(
                    "Throughput over time",
                    "per second",
                    List.of(
                        line("commits", Second::committed), line("deliveries", Second::delivered)))
                .svg())
        .chart(
            overTime(
                    "Memory of the gateway over time",
                    "MiB",
                    List.of(
                        line("resident", second -> second.residentBytes() / 1048576.0),
                        line("heap in use", second -> second.heapBytes() / 1048576.0)))
                .svg())
        .chart(
            overTime(
                    "CPU of the gateway over time",
                    "cores",
                    List.of(line("gateway", Second::gatewayCpu)))
                .svg())
        .page();
  }

  private static LineChart overTime(String title, String unit, List<Line> lines) {
    return new LineChart(title, "seconds", unit, lines);
  }

  private Line line(String name, ToDoubleFunction<Second> value) {
    return new Line(
        name,
        result.seconds().stream()
            .map(second -> new double[] {second.second(), value.applyAsDouble(second)})
            .toList());
  }

  /** The distribution with its tail stretched: each step to the right is one nine more. */
  private static Line nines(String name, Histogram histogram) {
    List<double[]> points = new ArrayList<>();
    for (HistogramIterationValue value : histogram.percentiles(TICKS_PER_HALF)) {
      double above = 1 - value.getPercentileLevelIteratedTo() / 100;
      if (above > 0) {
        points.add(new double[] {-Math.log10(above), value.getValueIteratedTo() / 1e6});
      }
    }
    return new Line(name, points);
  }
}
