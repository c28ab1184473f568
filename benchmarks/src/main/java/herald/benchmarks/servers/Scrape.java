package herald.benchmarks.servers;

/**
 * A gateway's metrics as they were at one moment: what is to be compared comes out of one scrape.
 * Immutable.
 */
public final class Scrape {
  private final String text;

  /** Takes the text format of Prometheus. */
  Scrape(String text) {
    this.text = text;
  }

  /** The sum of a metric over all its labels. */
  public double sum(String name) {
    return sum(name, "");
  }

  /** The sum of a metric over those of its labels that hold {@code label}. */
  public double sum(String name, String label) {
    return text.lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .filter(line -> line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
