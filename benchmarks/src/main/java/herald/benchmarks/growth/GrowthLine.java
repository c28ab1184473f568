package herald.benchmarks.growth;

import java.util.List;

/**
 * What one figure comes to as one thing grows.
 *
 * @param grows what grows, for example connections
 * @param figure what is measured
 * @param unit of the figure
 * @param isPerOne whether the figure is that of one of what grows, so that all of them cost as many
 *     times as much
 * @param points by what has grown, ascending
 */
public record GrowthLine(
    String grows, String figure, String unit, boolean isPerOne, List<Point> points) {
  /** Measured costs scatter; a square would be 2. */
  private static final double MOST_EXPONENT = 1.1;

  /**
   * One measurement.
   *
   * @param amount of what grows
   * @param cost in the line's unit
   */
  public record Point(double amount, double cost) {}

  /**
   * The power of the amount with which the whole cost grows: 0 if it stays as it is, 1 if it grows
   * linearly. The slope of the line that fits best where both axes are logarithmic.
   */
  public double exponent() {
    List<Point> positive =
        points.stream().filter(point -> point.amount() > 0 && point.cost() > 0).toList();
    double meanX = positive.stream().mapToDouble(p -> Math.log(p.amount())).average().orElse(0);
    double meanY = positive.stream().mapToDouble(this::logOfAll).average().orElse(0);
    double products = 0;
    double squares = 0;
    for (Point point : positive) {
      double x = Math.log(point.amount()) - meanX;
      products += x * (logOfAll(point) - meanY);
      squares += x * x;
    }
    return squares == 0 ? 0 : products / squares;
  }

  private double logOfAll(Point point) {
    return Math.log(isPerOne ? point.cost() * point.amount() : point.cost());
  }

  /** Whether the whole cost grows faster than what grows, beyond the scatter of measurements. */
  public boolean isFasterThanLinear() {
    return exponent() > MOST_EXPONENT;
  }
}
