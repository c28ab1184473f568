package herald.demo.api;

import herald.protocol.SignedRequest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for.
 *
 * @param before UTC as PostgreSQL reads it, exclusive
 * @param after the same
 * @param limit rows at most
 */
record PageBounds(String before, String after, int limit) {
  private static final int MAX_LIMIT = 100;
  private static final int DEFAULT_LIMIT = 50;

  /** Reads {@code before}, {@code after} (RFC 3339) and {@code limit}, all optional. */
  static PageBounds of(SignedRequest request) throws RefusedException {
    return new PageBounds(
        utc(request.parameter("before"), "infinity"),
        utc(request.parameter("after"), "-infinity"),
        limit(request.parameter("limit")));
  }

  private static String utc(@Nullable String time, String otherwise) throws RefusedException {
    if (time == null || time.isEmpty()) {
      return otherwise;
    }
    try {
      Instant instant = OffsetDateTime.parse(time).toInstant();
      return instant.toString().replace("Z", "");
    } catch (DateTimeParseException e) {
      throw RefusedException.badRequest("'before' or 'after' is no RFC 3339 time");
    }
  }

  private static int limit(@Nullable String limit) throws RefusedException {
    try {
      return limit == null
          ? DEFAULT_LIMIT
          : Math.max(1, Math.min(MAX_LIMIT, Integer.parseInt(limit)));
    } catch (NumberFormatException e) {
      throw RefusedException.badRequest("'limit' is no number");
    }
  }
}
