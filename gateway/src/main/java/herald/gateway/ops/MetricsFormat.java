package herald.gateway.ops;

import java.util.List;
import java.util.Locale;

/** The formats of the metrics, and which of them a scraper wants (RFC 9110, section 12.5.1). */
enum MetricsFormat {
  /** What all scrapers read, and people too. */
  TEXT("text/plain; version=0.0.4; charset=utf-8"),
  /** OpenMetrics, which only those get that ask for it by name. */
  OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

  private static final String OPEN_METRICS_RANGE = "application/openmetrics-text";
  private static final List<String> TEXT_RANGES = List.of("text/plain", "text/*", "*/*");

  private final String contentType;

  MetricsFormat(String contentType) {
    this.contentType = contentType;
  }

  String contentType() {
    return contentType;
  }

  /**
   * The format that these headers prefer; of two that are equally welcome it is OpenMetrics.
   *
   * @param accept the values of all headers {@code Accept}; empty if there is none
   */
  static MetricsFormat choose(List<String> accept) {
    double openMetrics = 0;
    double text = 0;
    for (String header : accept) {
      for (String range : header.split(",", -1)) {
        String type = range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals(OPEN_METRICS_RANGE)) {
          openMetrics = Math.max(openMetrics, quality(range));
        } else if (TEXT_RANGES.contains(type)) {
          text = Math.max(text, quality(range));
        }
      }
    }
    return openMetrics > 0 && openMetrics >= text ? OPEN_METRICS : TEXT;
  }

  /** The weight of a media range: 1 if it has none, 0 if it can't be read. */
  private static double quality(String range) {
    for (String parameter : range.split(";", -1)) {
      String text = parameter.strip();
      if (text.startsWith("q=") || text.startsWith("Q=")) {
        try {
          return Double.parseDouble(text.substring(2));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
