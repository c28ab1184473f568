package herald.gateway.ops;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.ReloadMeters.Reloads;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The token that requests to the admin address carry, in a file that is read again for each: as a
 * bearer token, or as the password of any user, which browsers ask for. Admin thread.
 */
final class AdminToken {
  /** A shorter one can be guessed. */
  private static final int LEAST_CHARACTERS = 16;

  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";

  private final Path file;
  private final IntervalLog errors = new IntervalLog(LoggerFactory.getLogger(AdminToken.class));
  private final Reloads reloads;
  private String latest;

  /**
   * Reads the file.
   *
   * @param reloads told how it goes with the file
   * @throws IllegalArgumentException with one sentence, when it holds no token
   */
  AdminToken(Path file, Reloads reloads) {
    this.file = file;
    this.reloads = reloads;
    latest = read();
    String problem = problem(latest);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  /** What the file holds; nothing if it can't be read. */
  private String read() {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private @Nullable String problem(String token) {
    if (token.length() < LEAST_CHARACTERS) {
      return "the token file "
          + file
          + " holds no token (expected: a readable file with "
          + LEAST_CHARACTERS
          + " characters or more)";
    }
    // What clients make of other characters in a header differs.
    return token.chars().allMatch(c -> c >= ' ' && c <= '~')
        ? null
        : "the token file "
            + file
            + " holds more than printable ASCII characters (expected: one line of these alone)";
  }

  /** Whether a request with these headers carries the token. */
  boolean isIn(HttpHeaders headers) {
    String token = read();
    String problem = problem(token);
    reloads.onRead(problem == null);
    if (problem == null) {
      latest = token;
    } else {
      errors.warn(problem + "; the token before goes on");
    }
    // While the file is being replaced, what it held before goes on.
    byte[] expected = latest.getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(expected, given(headers.get(HttpHeaderNames.AUTHORIZATION)));
  }

  private static byte[] given(@Nullable String header) {
    if (header == null) {
      return new byte[0];
    }
    if (header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return header.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8);
    }
    if (header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return password(header.substring(BASIC.length()).strip());
    }
    return new byte[0];
  }

  private static byte[] password(String credentials) {
    try {
      String decoded = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
      return decoded.substring(decoded.indexOf(':') + 1).getBytes(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
