package herald.benchmarks.report;

import herald.benchmarks.growth.GrowthLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How costs grow, as text, as JSON, as a page, and each line as a chart. */
public final class GrowthReport {
  private final String command;
  private final List<GrowthLine> lines;

  /**
   * @param command what reproduces the figures
   */
  public GrowthReport(String command, List<GrowthLine> lines) {
    this.command = command;
    this.lines = List.copyOf(lines);
  }

  /** Every point, and with what power of what grows the whole cost grows. */
  public String text() {
    return TableReport.aligned(points())
        + System.lineSeparator()
        + TableReport.aligned(exponents());
  }

  private List<List<String>> points() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("what grows", "to", "figure", "cost"));
    for (GrowthLine line : lines) {
      for (GrowthLine.Point point : line.points()) {
        rows.add(
            List.of(
                line.grows(),
                String.format(Locale.ROOT, "%,.0f", point.amount()),
                line.figure(),
                String.format(Locale.ROOT, "%.2f %s", point.cost(), line.unit())));
      }
    }
    return rows;
  }

  private List<List<String>> exponents() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("what grows", "figure", "grows with the power", "faster than linear"));
    for (GrowthLine line : lines) {
      rows.add(
          List.of(
              line.grows(),
              line.figure(),
              String.format(Locale.ROOT, "%.2f", line.exponent()),
              line.isFasterThanLinear() ? "yes" : "no"));
    }
    return rows;
  }

  /** Writes {@code growth.json}, {@code growth.html} and a chart for each line. */
  public void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    JsonFile.write(directory.resolve("growth.json"), json());
    Html page = new Html("Growth").command(command).paragraph(Machine.line()).table(exponents());
    for (GrowthLine line : lines) {
      String chart = chart(line);
      Files.writeString(directory.resolve(file(line)), chart);
      page = page.chart(chart);
    }
    Files.writeString(directory.resolve("growth.html"), page.table(points()).page());
  }

  private static String file(GrowthLine line) {
    String words = line.grows() + "-" + line.figure();
    return "growth-" + words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
  }

  /** Its horizontal axis is logarithmic, since what grows does so by powers of ten. */
  private static String chart(GrowthLine line) {
    List<double[]> points =
        line.points().stream()
            .map(point -> new double[] {Math.log10(point.amount()), point.cost()})
            .toList();
    return new LineChart(
            line.figure() + ", by " + line.grows(),
            line.grows() + " as powers of ten: 2 is 100, 3 is 1,000",
            line.unit(),
            List.of(new Line(line.figure(), points)))
        .svg();
  }

  private Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("command", command);
    json.put("machine", Machine.describe());
    json.put("lines", lines.stream().map(GrowthReport::json).toList());
    return json;
  }

  private static Map<String, Object> json(GrowthLine line) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("grows", line.grows());
    json.put("figure", line.figure());
    json.put("unit", line.unit());
    json.put("exponent", line.exponent());
    json.put("fasterThanLinear", line.isFasterThanLinear());
    List<Object> points = new ArrayList<>();
    for (GrowthLine.Point point : line.points()) {
      points.add(Map.of("amount", point.amount(), "cost", point.cost()));
    }
    json.put("points", points);
    return json;
  }
}
