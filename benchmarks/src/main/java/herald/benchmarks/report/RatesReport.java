package herald.benchmarks.report;

import herald.benchmarks.compare.RateContender;
import herald.benchmarks.compare.RateRound;
import herald.benchmarks.compare.RateStep;
import herald.benchmarks.compare.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Events to one receiver as text, as JSON and as a page: the median of the rounds with the least
 * and the most. Ratios are those of the same round.
 */
public final class RatesReport {
  private static final String TITLE = "Events to one receiver";
  private static final String OURS = "Herald";

  private final String command;
  private final Map<RateStep, Map<String, List<RateRound>>> bySteps = new LinkedHashMap<>();

  /**
   * @param command what reproduces the comparison
   * @param rounds all measurements, those of {@link RateContender#LEAST} among them
   */
  public RatesReport(String command, List<RateRound> rounds) {
    this.command = command;
    for (RateRound round : rounds) {
      bySteps
          .computeIfAbsent(round.step(), step -> new LinkedHashMap<>())
          .computeIfAbsent(round.contender(), name -> new ArrayList<>())
          .add(round);
    }
  }

  private static Spread spread(List<RateRound> rounds, ToDoubleFunction<RateRound> figure) {
    return Spread.of(rounds.stream().mapToDouble(figure).boxed().toList());
  }

  private static Spread timesTheLeast(List<RateRound> rounds, List<RateRound> least) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < rounds.size(); i++) {
      ratios.add(rounds.get(i).cpuMicros() / least.get(i).cpuMicros());
    }
    return Spread.of(ratios);
  }

  private static long missing(List<RateRound> rounds) {
    return rounds.stream()
        .mapToLong(round -> round.result().expected() - round.result().delivered())
        .sum();
  }

  private interface Visitor {
    void visit(RateStep step, String name, List<RateRound> rounds, List<RateRound> least);
  }

  private void forEach(Visitor visitor) {
    bySteps.forEach(
        (step, byContender) -> {
          List<RateRound> least = byContender.getOrDefault(RateContender.LEAST, List.of());
          byContender.forEach((name, rounds) -> visitor.visit(step, name, rounds, least));
        });
  }

  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "events/s",
            "rows per commit",
            "server",
            "missing",
            "us CPU per event",
            "times the least",
            "p50 ms",
            "p99 ms",
            "PostgreSQL us"));
    forEach(
        (step, name, rounds, least) ->
            rows.add(
                List.of(
                    Integer.toString(step.perSecond()),
                    Integer.toString(step.rowsPerCommit()),
                    name,
                    Long.toString(missing(rounds)),
                    show(spread(rounds, RateRound::cpuMicros)),
                    show(timesTheLeast(rounds, least)),
                    show(spread(rounds, round -> round.result().millis(50))),
                    show(spread(rounds, round -> round.result().millis(99))),
                    show(spread(rounds, RateRound::databaseCpuMicros)))));
    return rows;
  }

  private static String show(Spread spread) {
    return String.format(
        Locale.ROOT, "%.2f (%.2f to %.2f)", spread.middle(), spread.least(), spread.most());
  }

  /** The figures with aligned columns. */
  public String text() {
    return TableReport.aligned(rows());
  }

  /** Writes {@code rates.json} and {@code rates.html}. */
  public void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    JsonFile.write(directory.resolve("rates.json"), json());
    Html page = new Html(TITLE).command(command).paragraph(Machine.line()).table(rows());
    for (String chart : charts()) {
      page = page.chart(chart);
    }
    Files.writeString(directory.resolve("rates.html"), page.page());
  }

  private List<String> charts() {
    List<String> charts = new ArrayList<>();
    bySteps.forEach(
        (step, byContender) -> {
          List<BarChart.Bar> cpu = new ArrayList<>();
          List<BarChart.Bar> latency = new ArrayList<>();
          byContender.forEach(
              (name, rounds) -> {
                Spread times =
                    timesTheLeast(rounds, byContender.getOrDefault(RateContender.LEAST, List.of()));
                cpu.add(bar(name, spread(rounds, RateRound::cpuMicros), times.middle(), "%.2f ×"));
                latency.add(
                    bar(
                        name,
                        spread(rounds, round -> round.result().millis(50)),
                        spread(rounds, round -> round.result().millis(99)).middle(),
                        "p99 %.1f ms"));
              });
          String events =
              String.format(Locale.ROOT, "%,d events/s to one receiver", step.perSecond());
          charts.add(new BarChart(events + ": server CPU per event", "us", cpu).svg());
          charts.add(new BarChart(events + ": commit to frame, p50", "ms", latency).svg());
        });
    return charts;
  }

  private static BarChart.Bar bar(String name, Spread spread, double other, String format) {
    return new BarChart.Bar(
        name,
        spread.least(),
        spread.middle(),
        spread.most(),
        String.format(Locale.ROOT, format, other),
        name.equals(OURS));
  }

  private Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("command", command);
    json.put("machine", Machine.describe());
    List<Object> figures = new ArrayList<>();
    forEach((step, name, rounds, least) -> figures.add(json(step, name, rounds, least)));
    json.put("figures", figures);
    return json;
  }

  private static Map<String, Object> json(
      RateStep step, String name, List<RateRound> rounds, List<RateRound> least) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("eventsPerSecond", step.perSecond());
    json.put("rowsPerCommit", step.rowsPerCommit());
    json.put("server", name);
    json.put("missing", missing(rounds));
    json.put("cpuMicrosPerEvent", spread(rounds, RateRound::cpuMicros).json());
    json.put("timesTheLeast", timesTheLeast(rounds, least).json());
    json.put("p50Millis", spread(rounds, round -> round.result().millis(50)).json());
    json.put("p99Millis", spread(rounds, round -> round.result().millis(99)).json());
    json.put("databaseCpuMicrosPerEvent", spread(rounds, RateRound::databaseCpuMicros).json());
    json.put("rounds", rounds.stream().map(RatesReport::json).toList());
    return json;
  }

  private static Map<String, Object> json(RateRound round) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("committed", round.result().committed());
    json.put("delivered", round.result().delivered());
    json.put("cpuMicrosPerEvent", round.cpuMicros());
    json.put("cpuMicrosPerEventWithIdle", round.result().cpuMicrosPerEvent());
    json.put("p50Millis", round.result().millis(50));
    json.put("p99Millis", round.result().millis(99));
    json.put("commitP50Millis", round.result().commitTimes().getValueAtPercentile(50) / 1e6);
    json.put("databaseCpuMicrosPerEvent", round.databaseCpuMicros());
    return json;
  }
}
