package herald.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** A chart of lines as inline SVG, legible on light and dark ground. */
public final class LineChart {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 260;
  private static final int LEFT = 64;
  private static final int RIGHT = 12;
  private static final int TOP = 34;
  private static final int BOTTOM = 40;
  private static final int STEPS = 5;
  private static final List<String> COLOURS = List.of("#2f6fb5", "#d1701f", "#3d8f4d", "#9255a8");

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final List<Line> lines;
  private final double xMost;
  private final double yMost;
  private final double xLeast;

  /** A chart whose vertical axis begins at zero. */
  public LineChart(String title, String xLabel, String yLabel, List<Line> lines) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
    this.lines = lines;
    xLeast =
        lines.stream().flatMap(l -> l.points().stream()).mapToDouble(p -> p[0]).min().orElse(0);
    double most =
        lines.stream().flatMap(l -> l.points().stream()).mapToDouble(p -> p[0]).max().orElse(1);
    xMost = most > xLeast ? most : xLeast + 1;
    yMost =
        Scale.roundUp(
            lines.stream()
                .flatMap(l -> l.points().stream())
                .mapToDouble(p -> p[1])
                .max()
                .orElse(1));
  }

  /** The chart as an {@code svg} element. */
  public String svg() {
    StringBuilder svg = new StringBuilder(4_096);
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\""
            + " font-family=\"sans-serif\" font-size=\"12\"><title>%s</title>\n",
        WIDTH,
        HEIGHT,
        WIDTH,
        Html.escape(title));
    add(
        svg,
        "<text x=\"%d\" y=\"16\" font-size=\"14\" fill=\"#888\">%s</text>\n",
        LEFT,
        Html.escape(title));
    for (int step = 0; step <= STEPS; step++) {
      double y = yMost * step / STEPS;
      add(
          svg,
          "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#8884\"/>"
              + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#888\">%s</text>\n",
          LEFT,
          WIDTH - RIGHT,
          y(y),
          y(y),
          LEFT - 6,
          y(y) + 4,
          Scale.label(y));
      double x = xLeast + (xMost - xLeast) * step / STEPS;
      add(
          svg,
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#888\">%s</text>\n",
          x(x),
          HEIGHT - BOTTOM + 18,
          Scale.label(x));
    }
    add(
        svg,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#888\">%s</text>\n",
        WIDTH - RIGHT,
        HEIGHT - 6,
        Html.escape(xLabel));
    add(svg, "<text x=\"4\" y=\"%d\" fill=\"#888\">%s</text>\n", TOP - 6, Html.escape(yLabel));
    for (int i = 0; i < lines.size(); i++) {
      addLine(svg, lines.get(i), i);
    }
    return svg.append("</svg>\n").toString();
  }

  private void addLine(StringBuilder svg, Line line, int place) {
    String colour = COLOURS.get(place % COLOURS.size());
    add(svg, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"", colour);
    for (double[] point : line.points()) {
      add(svg, "%.1f,%.1f ", x(point[0]), y(point[1]));
    }
    svg.append("\"/>\n");
    int x = WIDTH - RIGHT - 130 * (lines.size() - place);
    add(
        svg,
        "<rect x=\"%d\" y=\"18\" width=\"14\" height=\"4\" fill=\"%s\"/>"
            + "<text x=\"%d\" y=\"24\" fill=\"#888\">%s</text>\n",
        x,
        colour,
        x + 18,
        Html.escape(line.name()));
  }

  private double x(double value) {
    return LEFT + (value - xLeast) / (xMost - xLeast) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - value / yMost * (HEIGHT - TOP - BOTTOM);
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
