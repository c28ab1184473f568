package herald.gateway.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a page comes from: RFC 6454. Two origins are the same if scheme, host and port are; the
 * default port of http and https may be left out.
 *
 * @param port -1 if the scheme has no default and none is given
 */
public record Origin(String scheme, String host, int port) {
  private static final Pattern FORM =
      Pattern.compile(
          "([a-z][a-z0-9+.-]*)://([a-z0-9_.-]+|\\[[0-9a-f:.]+])(?::([0-9]{1,5}))?",
          Pattern.CASE_INSENSITIVE);

  /** The origin that is written in the text; null if none is, as in {@code null}. */
  public static @Nullable Origin parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
    String port = matcher.group(3);
    return new Origin(
        scheme,
        matcher.group(2).toLowerCase(Locale.ROOT),
        port == null ? defaultPort(scheme) : Integer.parseInt(port));
  }

  private static int defaultPort(String scheme) {
    return switch (scheme) {
      case "https" -> 443;
      case "http" -> 80;
      default -> -1;
    };
  }

  /**
   * Reads origins with commas between them; none from an empty text.
   *
   * @throws IllegalArgumentException with one sentence that names the value
   */
  public static Set<Origin> parseAll(String text) {
    List<String> parts = text.isBlank() ? List.of() : Arrays.asList(text.split(",", -1));
    return parts.stream().map(part -> required(part.trim())).collect(Collectors.toSet());
  }

  private static Origin required(String text) {
    Origin origin = parse(text);
    if (origin == null) {
      throw new IllegalArgumentException(
          "'" + text + "' is no origin (expected: scheme://host or scheme://host:port)");
    }
    return origin;
  }
}
