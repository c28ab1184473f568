package herald.benchmarks.compare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Repeated measurements of one figure.
 *
 * @param middle the median
 */
public record Spread(double least, double middle, double most) {
  /** The spread of these values, of which there is one at least. */
  public static Spread of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    double middle =
        sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    return new Spread(sorted.get(0), middle, sorted.get(sorted.size() - 1));
  }

  /** The median, with the least and the most if they are others. */
  public String text() {
    return least == most
        ? String.format(Locale.ROOT, "%.2f", middle)
        : String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", middle, least, most);
  }

  /** The three with their names. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("least", least);
    json.put("median", middle);
    json.put("most", most);
    return json;
  }
}
