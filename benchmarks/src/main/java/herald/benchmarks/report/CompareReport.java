package herald.benchmarks.report;

import herald.benchmarks.compare.Round;
import herald.benchmarks.compare.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A comparison as text, as JSON and as a page. Ratios are those of the same round. */
public final class CompareReport {
  private static final String OURS = "Herald";

  private final String command;
  private final String title;
  private final Map<String, List<Round>> byContender = new LinkedHashMap<>();

  /**
   * @param command what reproduces the comparison
   * @param rounds all measurements; the first contender is the limit
   */
  public CompareReport(String command, String title, List<Round> rounds) {
    this.command = command;
    this.title = title;
    rounds.forEach(
        round ->
            byContender.computeIfAbsent(round.contender(), name -> new ArrayList<>()).add(round));
  }

  private static Spread cpu(List<Round> rounds) {
    return Spread.of(rounds.stream().map(Round::cpuMicrosPerDelivery).toList());
  }

  private static double perSecond(List<Round> rounds) {
    return Spread.of(rounds.stream().map(Round::deliveriesPerSecond).toList()).middle();
  }

  /** How much one contender's deliveries cost in those of another, round by round. */
  private Spread ratio(List<Round> rounds, List<Round> base) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < rounds.size(); i++) {
      ratios.add(rounds.get(i).cpuMicrosPerDelivery() / base.get(i).cpuMicrosPerDelivery());
    }
    return Spread.of(ratios);
  }

  private List<Round> limit() {
    return byContender.values().iterator().next();
  }

  /** Ratios and figures in a few lines. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows()) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-18s %-22s %-26s %-14s %-12s %s%n",
              row.get(0),
              row.get(1),
              row.get(2),
              row.get(3),
              row.get(4),
              row.get(5)));
    }
    return text.toString();
  }

  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "server",
            "ratio to the limit",
            "us CPU per delivery",
            "deliveries/s",
            "p50 ms",
            "p99 ms"));
    byContender.forEach(
        (name, rounds) ->
            rows.add(
                List.of(
                    name,
                    show(ratio(rounds, limit())),
                    show(cpu(rounds)),
                    String.format(Locale.ROOT, "%.0f", perSecond(rounds)),
                    latency(rounds, 50),
                    latency(rounds, 99))));
    return rows;
  }

  private static String show(Spread spread) {
    return String.format(
        Locale.ROOT, "%.2f (%.2f to %.2f)", spread.middle(), spread.least(), spread.most());
  }

  private static String latency(List<Round> rounds, double percentile) {
    Spread spread =
        Spread.of(
            rounds.stream()
                .map(round -> round.latency().getValueAtPercentile(percentile) / 1e6)
                .toList());
    return String.format(Locale.ROOT, "%.1f", spread.middle());
  }

  /** Writes {@code compare.json}, {@code compare.html} and {@code compare.svg}. */
  public void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    JsonFile.write(directory.resolve("compare.json"), json());
    Files.writeString(directory.resolve("compare.svg"), chart());
    Files.writeString(
        directory.resolve("compare.html"),
        new Html(title)
            .command(command)
            .paragraph(Machine.line())
            .table(rows())
            .chart(chart())
            .page());
  }

  private String chart() {
    List<BarChart.Bar> bars = new ArrayList<>();
    byContender.forEach(
        (name, rounds) -> {
          Spread cpu = cpu(rounds);
          String note = String.format(Locale.ROOT, "%.2f ×", ratio(rounds, limit()).middle());
          bars.add(
              new BarChart.Bar(
                  name, cpu.least(), cpu.middle(), cpu.most(), note, name.equals(OURS)));
        });
    return new BarChart(title, "us", bars).svg();
  }

  private Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("command", command);
    json.put("machine", Machine.describe());
    List<Object> contenders = new ArrayList<>();
    byContender.forEach(
        (name, rounds) -> {
          Map<String, Object> contender = new LinkedHashMap<>();
          contender.put("name", name);
          contender.put("ratioToLimit", ratio(rounds, limit()).json());
          contender.put("cpuMicrosPerDelivery", cpu(rounds).json());
          contender.put("deliveriesPerSecond", perSecond(rounds));
          contender.put("rounds", rounds.stream().map(Round::cpuMicrosPerDelivery).toList());
          contenders.add(contender);
        });
    json.put("contenders", contenders);
    return json;
  }
}
