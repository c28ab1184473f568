package herald.gateway.commands;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of all metrics, made from what a gateway exposes: Prometheus text format 0.0.4. */
final class MetricsTable {
  private static final Pattern HELP = Pattern.compile("# HELP (\\S+) (.*)");
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
  private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)\\{([^}]*)\\} .*");
  private static final Pattern LABEL = Pattern.compile("([a-z]+)=\"([^\"]*)\"");

  /** Of several threads that do the same; how many there are differs from place to place. */
  private static final Pattern NUMBERED = Pattern.compile("-\\d+$");

  /** Values of these labels differ from place to place. */
  private static final Set<String> OPEN_LABELS = Set.of("version", "java");

  private static final class Metric {
    private final String name;
    private String help = "";
    private String type = "";
    private final Map<String, Set<String>> labels = new LinkedHashMap<>();

    private Metric(String name) {
      this.name = name;
    }

    private String row() {
      List<String> parts = new ArrayList<>();
      labels.forEach(
          (label, values) ->
              parts.add(
                  "`"
                      + label
                      + "`"
                      + (OPEN_LABELS.contains(label) ? "" : ": " + String.join(", ", values))));
      return "| `" + name + "` | " + type + " | " + String.join("; ", parts) + " | " + help + " |";
    }
  }

  private final Map<String, Metric> metrics = new LinkedHashMap<>();

  private MetricsTable(String exposition) {
    exposition.lines().forEach(this::read);
  }

  /**
   * @param prefixes which metrics: those whose names begin with one of these
   */
  static String of(String exposition, String... prefixes) {
    List<String> rows = new ArrayList<>();
    rows.add("| metric | type | labels | what it says |");
    rows.add("| --- | --- | --- | --- |");
    MetricsTable table = new MetricsTable(exposition);
    table.metrics.values().stream()
        .filter(metric -> !metric.name.endsWith("_max") || !table.isMaximum(metric.name))
        .filter(metric -> Set.of(prefixes).stream().anyMatch(metric.name::startsWith))
        .sorted(Comparator.comparing(metric -> metric.name))
        .map(Metric::row)
        .forEach(rows::add);
    return String.join("\n", rows);
  }

  /** Whether this is the maximum that goes with each histogram. */
  private boolean isMaximum(String name) {
    Metric base = metrics.get(name.substring(0, name.length() - "_max".length()));
    return base != null && !base.type.equals("gauge");
  }

  private void read(String line) {
    Matcher help = HELP.matcher(line);
    Matcher type = TYPE.matcher(line);
    Matcher sample = SAMPLE.matcher(line);
    if (help.matches()) {
      metric(help.group(1)).help = help.group(2).strip();
    } else if (type.matches()) {
      metric(type.group(1)).type = type.group(2);
    } else if (sample.matches()) {
      Metric metric = metrics.get(sample.group(1).replaceFirst("_(bucket|count|sum)$", ""));
      Matcher label = LABEL.matcher(sample.group(2));
      while (metric != null && label.find()) {
        if (!label.group(1).equals("le")) {
          metric
              .labels
              .computeIfAbsent(label.group(1), name -> new LinkedHashSet<>())
              .add(NUMBERED.matcher(label.group(2)).replaceFirst("-*"));
        }
      }
    }
  }

  private Metric metric(String name) {
    return metrics.computeIfAbsent(name, Metric::new);
  }
}
