package herald.gateway.config;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as operators write them: {@code 500ms}, {@code 30s}, {@code 10m}, {@code 12h}. */
public final class Durations {
  private static final String EXPECTED = "a duration like 500ms, 30s, 10m or 12h";
  private static final Pattern FORM = Pattern.compile("([0-9]{1,12})(ms|s|m|h)");
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long MINUTE_MILLIS = 60_000;
  private static final long SECOND_MILLIS = 1_000;

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException with one sentence that names the value
   */
  public static Duration parse(String text) {
    Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not " + EXPECTED);
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "h" -> Duration.ofHours(number);
      case "m" -> Duration.ofMinutes(number);
      case "s" -> Duration.ofSeconds(number);
      default -> Duration.ofMillis(number);
    };
  }

  /** As an operator writes it, with the largest unit that needs no fraction. */
  public static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    if (millis % HOUR_MILLIS == 0) {
      return millis / HOUR_MILLIS + "h";
    }
    if (millis % MINUTE_MILLIS == 0) {
      return millis / MINUTE_MILLIS + "m";
    }
    return millis % SECOND_MILLIS == 0 ? millis / SECOND_MILLIS + "s" : millis + "ms";
  }
}
