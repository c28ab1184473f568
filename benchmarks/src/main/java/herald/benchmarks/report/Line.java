package herald.benchmarks.report;

import java.util.List;

/**
 * One line of a chart.
 *
 * @param name what it shows, for the legend
 * @param points each as x and y
 */
public record Line(String name, List<double[]> points) {}
