package herald.benchmarks.report;

import java.util.Locale;

/** Round numbers for axes. */
final class Scale {
  private static final double[] ROUND = {1, 2, 2.5, 5, 10};

  private Scale() {}

  /** The next round number that is not smaller; 1 for zero. */
  static double roundUp(double value) {
    if (value <= 0) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (double round : ROUND) {
      if (value <= round * power * 1.000001) {
        return round * power;
      }
    }
    return 10 * power;
  }

  /** Short: 1200 as 1200, 12000 as 12k, 0.25 as 0.25. */
  static String label(double value) {
    if (value >= 10_000) {
      return trimmed(value / 1_000) + "k";
    }
    return trimmed(value);
  }

  private static String trimmed(double value) {
    String text = String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
