package herald.benchmarks.growth;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers the points of lines as they are measured. Not thread safe. */
public final class GrowthLines {
  private final Map<GrowthLine, List<GrowthLine.Point>> points = new LinkedHashMap<>();

  /** Adds a figure that stands for the whole. */
  public void add(String grows, double amount, String figure, String unit, double cost) {
    add(new GrowthLine(grows, figure, unit, false, List.of()), amount, cost);
  }

  /** Adds a figure that is that of one of what grows. */
  public void addPerOne(String grows, double amount, String figure, String unit, double cost) {
    add(new GrowthLine(grows, figure, unit, true, List.of()), amount, cost);
  }

  private void add(GrowthLine empty, double amount, double cost) {
    points
        .computeIfAbsent(empty, line -> new ArrayList<>())
        .add(new GrowthLine.Point(amount, cost));
  }

  /** All lines, in the order in which they began. */
  public List<GrowthLine> lines() {
    List<GrowthLine> lines = new ArrayList<>();
    points.forEach(
        (empty, all) ->
            lines.add(
                new GrowthLine(
                    empty.grows(),
                    empty.figure(),
                    empty.unit(),
                    empty.isPerOne(),
                    List.copyOf(all))));
    return lines;
  }
}
