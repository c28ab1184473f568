package herald.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** Horizontal bars with their spread as inline SVG, legible on light and dark ground. */
public final class BarChart {
  private static final int WIDTH = 720;
  private static final int LEFT = 190;
  private static final int RIGHT = 150;
  private static final int TOP = 44;
  private static final int ROW = 34;
  private static final String OURS = "#2f6fb5";
  private static final String OTHERS = "#9aa5b1";

  private final String title;
  private final String unit;
  private final List<Bar> bars;

  /**
   * One bar.
   *
   * @param least the smallest of the repeated measurements
   * @param middle their median: the length of the bar
   * @param most the largest
   * @param note what stands behind the bar beside the value
   * @param highlighted whether this is what the chart is about
   */
  public record Bar(
      String name, double least, double middle, double most, String note, boolean highlighted) {}

  /** A chart whose bars begin at zero. */
  public BarChart(String title, String unit, List<Bar> bars) {
    this.title = title;
    this.unit = unit;
    this.bars = bars;
  }

  /** The chart as an {@code svg} element. */
  public String svg() {
    double longest = bars.stream().mapToDouble(Bar::most).max().orElse(1);
    int height = TOP + ROW * bars.size() + 8;
    StringBuilder svg = new StringBuilder(2_048);
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\""
            + " font-family=\"sans-serif\" font-size=\"13\"><title>%s</title>\n"
            + "<text x=\"12\" y=\"22\" font-size=\"15\" fill=\"#888\">%s</text>\n",
        WIDTH,
        height,
        WIDTH,
        Html.escape(title),
        Html.escape(title));
    for (int i = 0; i < bars.size(); i++) {
      addBar(svg, bars.get(i), TOP + ROW * i, (WIDTH - LEFT - RIGHT) / longest);
    }
    return svg.append("</svg>\n").toString();
  }

  private void addBar(StringBuilder svg, Bar bar, int y, double scale) {
    add(
        svg,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#888\">%s</text>"
            + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"20\" rx=\"2\" fill=\"%s\"/>\n",
        LEFT - 10,
        y + 15,
        Html.escape(bar.name()),
        LEFT,
        y,
        bar.middle() * scale,
        bar.highlighted() ? OURS : OTHERS);
    double least = LEFT + bar.least() * scale;
    double most = LEFT + bar.most() * scale;
    add(
        svg,
        "<path d=\"M%.1f %dV%dM%.1f %dH%.1fM%.1f %dV%d\" stroke=\"#444\" fill=\"none\"/>\n",
        least,
        y + 5,
        y + 15,
        least,
        y + 10,
        most,
        most,
        y + 5,
        y + 15);
    add(
        svg,
        "<text x=\"%.1f\" y=\"%d\" fill=\"#888\">%.2f %s%s</text>\n",
        most + 8,
        y + 15,
        bar.middle(),
        Html.escape(unit),
        bar.note().isEmpty() ? "" : " · " + Html.escape(bar.note()));
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
