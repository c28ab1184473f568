package herald.gateway.ops;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

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
  private String latest;

  /**
   * Reads the file.
   *
   * @throws IllegalArgumentException with one sentence, when it holds no token
   */
  AdminToken(Path file) {
    this.file = file;
    @Nullable String token = read();
    if (token == null) {
      throw new IllegalArgumentException(
          "the token file "
              + file
              + " holds no token (expected: a readable file with "
              + LEAST_CHARACTERS
              + " characters or more)");
    }
    latest = token;
  }

  private @Nullable String read() {
    try {
      String token = Files.readString(file).strip();
      return token.length() < LEAST_CHARACTERS ? null : token;
    } catch (IOException e) {
      return null;
    }
  }

  /** Whether a request with these headers carries the token. */
  boolean isIn(HttpHeaders headers) {
    @Nullable String token = read();
    if (token != null) {
      latest = token;
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
