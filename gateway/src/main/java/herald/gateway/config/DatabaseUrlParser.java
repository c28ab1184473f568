package herald.gateway.config;

import io.netty.util.NetUtil;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection URI apart by libpq's rules and is stricter where these would guess: a password
 * with a reserved character in it would otherwise be taken for a host, a port, a database or a
 * parameter. No message quotes what may be a part of a password.
 */
final class DatabaseUrlParser {
  static final String TARGET = "target_session_attrs";

  private static final int DEFAULT_PORT = 5432;
  private static final int HIGHEST_PORT = 65_535;
  private static final List<String> PARAMETERS =
      List.of("sslmode", "sslrootcert", "sslcert", "sslkey", "user", "password", TARGET);

  /** With the underscore that no host name of the DNS has, but many a container. */
  private static final Pattern HOST_NAME = Pattern.compile("[\\p{L}\\p{N}_.-]+");

  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");
  private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z_]{0,30}");

  private DatabaseUrlParser() {}

  static DatabaseUrl parse(String text) {
    String rest = withoutScheme(text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text);
    int question = rest.indexOf('?');
    String query = question < 0 ? "" : rest.substring(question + 1);
    String beforeQuery = question < 0 ? rest : rest.substring(0, question);
    int slash = beforeQuery.indexOf('/');
    String authority = slash < 0 ? beforeQuery : beforeQuery.substring(0, slash);
    String path = slash < 0 ? "" : beforeQuery.substring(slash + 1);
    int at = authority.indexOf('@');
    // The @ before the host is the only one, unless a password ends what seems to be the host.
    if (rest.indexOf('#') >= 0
        || rest.indexOf('@') != rest.lastIndexOf('@')
        || at != rest.indexOf('@')) {
      throw new IllegalArgumentException(
          "the database URL has one of the characters @ / ? # in a name or a password (expected:"
              + " written as %40 %2F %3F %23, or the password in --database-password-file)");
    }
    Map<String, String> parameters = parameters(query);
    List<HostPort> hosts = hosts(authority.substring(at + 1));
    String userInfo = at < 0 ? "" : authority.substring(0, at);
    int colon = userInfo.indexOf(':');
    String userPart = decode(colon < 0 ? userInfo : userInfo.substring(0, colon));
    String user = parameters.getOrDefault("user", userPart.isEmpty() ? "postgres" : userPart);
    @Nullable String password = parameters.get("password");
    if (password == null && colon >= 0) {
      password = decode(userInfo.substring(colon + 1));
    }
    String target = parameters.get(TARGET);
    return new DatabaseUrl(
        hosts,
        path.isEmpty() ? user : decode(path),
        user,
        password,
        null,
        DatabaseTls.of(parameters),
        target == null ? null : TargetServer.parse(target));
  }

  private static String withoutScheme(String text) {
    int end = text.indexOf("://");
    String scheme = end < 0 ? "" : text.substring(0, end).toLowerCase(Locale.ROOT);
    if (!scheme.equals("postgresql") && !scheme.equals("postgres")) {
      throw new IllegalArgumentException(
          (WORD.matcher(scheme).matches()
                  ? "the database URL begins with '" + scheme + "://'"
                  : "the database URL does not begin with postgresql://")
              + " (expected: postgresql://user:password@host:port/database)");
    }
    return text.substring(end + "://".length());
  }

  private static List<HostPort> hosts(String text) {
    List<HostPort> hosts = new ArrayList<>();
    for (String host : text.split(",", -1)) {
      hosts.add(host.startsWith("[") ? bracketed(host) : named(host));
    }
    return hosts;
  }

  private static HostPort bracketed(String text) {
    int end = text.indexOf(']');
    String host = end < 0 ? "" : text.substring(1, end);
    String behind = end < 0 ? "" : text.substring(end + 1);
    if (!NetUtil.isValidIpV6Address(host) || !(behind.isEmpty() || behind.startsWith(":"))) {
      throw new IllegalArgumentException(
          "the database URL has brackets that hold no IPv6 address (expected: [::1]:5432)");
    }
    return new HostPort(host, behind.isEmpty() ? DEFAULT_PORT : port(behind.substring(1)));
  }

  private static HostPort named(String text) {
    int colon = text.indexOf(':');
    if (colon != text.lastIndexOf(':')) {
      throw new IllegalArgumentException(
          "the database URL has a host with several colons (expected: host:port, with commas"
              + " between several, and with brackets around an IPv6 address: [::1]:5432)");
    }
    String host = colon < 0 ? text : text.substring(0, colon);
    if (host.isEmpty()) {
      throw new IllegalArgumentException(
          "the database URL names no host (expected: postgresql://user@host:port/database,"
              + " with commas between several host:port)");
    }
    if (!HOST_NAME.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "the database URL has a host that is no name and no address (expected:"
              + " postgresql://user@host:port/database)");
    }
    return new HostPort(host, colon < 0 ? DEFAULT_PORT : port(text.substring(colon + 1)));
  }

  private static int port(String text) {
    if (text.isEmpty()) {
      return DEFAULT_PORT;
    }
    int port = DIGITS.matcher(text).matches() ? Integer.parseInt(text) : 0;
    if (port < 1 || port > HIGHEST_PORT) {
      throw new IllegalArgumentException(
          (port > 0 || text.matches("0+")
                  ? "the database URL has the port " + port
                  : "the database URL has a port that is no number")
              + " (expected: 1 to "
              + HIGHEST_PORT
              + ")");
    }
    return port;
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new TreeMap<>();
    if (query.isEmpty()) {
      return parameters;
    }
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (!PARAMETERS.contains(name)) {
        // Behind a password, what looks like a name may be the rest of it.
        boolean isName = WORD.matcher(name).matches() && !parameters.containsKey("password");
        throw new IllegalArgumentException(
            (isName
                    ? "the database URL has the unknown parameter '" + name + "'"
                    : "the database URL has an unknown parameter")
                + " (expected: one of "
                + String.join(", ", PARAMETERS)
                + ")");
      }
      parameters.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1)));
    }
    return parameters;
  }

  /** Strict, unlike the JDK's own, which makes a question mark of bytes that are no text. */
  private static String decode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer decoded = ByteBuffer.allocate(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        decoded.put(bytes[i]);
      } else {
        int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
        int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
        if (high < 0 || low < 0 || high + low == 0) {
          throw badPercent();
        }
        decoded.put((byte) (high * 16 + low));
        i += 2;
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
    } catch (CharacterCodingException e) {
      throw badPercent();
    }
  }

  private static IllegalArgumentException badPercent() {
    return new IllegalArgumentException(
        "the database URL has a percent sign before something else than two hexadecimal digits"
            + " of a character (expected: a percent sign itself written as %25)");
  }
}
