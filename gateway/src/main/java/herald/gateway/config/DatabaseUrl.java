package herald.gateway.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL server is and how it is reached, in the form of libpq's connection URIs
 * (PostgreSQL manual, chapter "libpq", section "Connection URIs"), and translated from it for each
 * of the two drivers.
 *
 * <p>A parameter that is not known is refused here, because pgjdbc-ng ignores what it does not
 * know: a mistyped {@code sslmode} would silently mean no TLS.
 */
public final class DatabaseUrl {
  private static final List<String> SSL_MODES =
      List.of("disable", "require", "verify-ca", "verify-full");
  private static final List<String> PARAMETERS =
      List.of("sslmode", "sslrootcert", "user", "password");

  private final String host;
  private final int port;
  private final String database;
  private final String user;
  private final @Nullable String password;
  private final String sslMode;
  private final @Nullable String sslRootCertificate;

  private DatabaseUrl(
      String host,
      int port,
      String database,
      String user,
      @Nullable String password,
      String sslMode,
      @Nullable String sslRootCertificate) {
    this.host = host;
    this.port = port;
    this.database = database;
    this.user = user;
    this.password = password;
    this.sslMode = sslMode;
    this.sslRootCertificate = sslRootCertificate;
  }

  /**
   * Reads {@code postgresql://user:password@host:port/database?sslmode=…&sslrootcert=…}; a leading
   * {@code jdbc:} is allowed.
   *
   * @throws IllegalArgumentException with one sentence that names what is wrong, never the password
   */
  public static DatabaseUrl parse(String text) {
    String trimmed = text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text;
    URI uri;
    try {
      uri = new URI(trimmed);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "the database URL is not a URI at character "
              + e.getIndex()
              + " (expected: postgresql://user:password@host:port/database)");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("postgresql") && !scheme.equals("postgres")) {
      throw new IllegalArgumentException(
          "the database URL begins with '" + scheme + ":' (expected: postgresql://)");
    }
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      throw new IllegalArgumentException(
          "the database URL names no host (expected: postgresql://user@host:port/database)");
    }
    String path = uri.getPath() == null ? "" : uri.getPath();
    Map<String, String> parameters = parameters(uri.getRawQuery());
    String[] userInfo = userInfo(uri.getRawUserInfo());
    String user = parameters.getOrDefault("user", userInfo[0].isEmpty() ? "postgres" : userInfo[0]);
    String password = parameters.get("password");
    if (password == null && userInfo.length == 2) {
      password = userInfo[1];
    }
    String sslMode = parameters.getOrDefault("sslmode", "disable");
    if (!SSL_MODES.contains(sslMode)) {
      throw new IllegalArgumentException(
          "sslmode is '" + sslMode + "' (expected: one of " + String.join(", ", SSL_MODES) + ")");
    }
    String certificate = parameters.get("sslrootcert");
    if (sslMode.startsWith("verify") && certificate == null) {
      throw new IllegalArgumentException(
          "sslmode is '" + sslMode + "' without sslrootcert (expected: the path of a PEM file)");
    }
    return new DatabaseUrl(
        uri.getHost(),
        uri.getPort() < 0 ? 5432 : uri.getPort(),
        path.length() > 1 ? path.substring(1) : user,
        user,
        password,
        sslMode,
        certificate);
  }

  /** The same database with {@code password} in place of the one in the URL. */
  public DatabaseUrl withPassword(String password) {
    return new DatabaseUrl(host, port, database, user, password, sslMode, sslRootCertificate);
  }

  /** The URL for PostgreSQL's own JDBC driver, without user and password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://" + hostAndPort() + "/" + database;
  }

  /** The properties that go with {@link #jdbcUrl()}. */
  public Properties jdbcProperties() {
    Properties properties = credentials();
    properties.setProperty("sslmode", sslMode);
    if (sslRootCertificate != null) {
      properties.setProperty("sslrootcert", sslRootCertificate);
    }
    return properties;
  }

  /** The URL for pgjdbc-ng, without user and password. */
  public String listenerUrl() {
    return "jdbc:pgsql://" + hostAndPort() + "/" + database;
  }

  /** One URL for each host. */
  public List<String> listenerUrls() {
    return List.of(listenerUrl());
  }

  /** The properties that go with {@link #listenerUrl()}, in pgjdbc-ng's dotted names. */
  public Properties listenerProperties() {
    Properties properties = credentials();
    properties.setProperty("ssl.mode", sslMode);
    if (sslRootCertificate != null) {
      properties.setProperty("ssl.ca.certificate.file", sslRootCertificate);
    }
    return properties;
  }

  private Properties credentials() {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    if (password != null) {
      properties.setProperty("password", password);
    }
    return properties;
  }

  private String hostAndPort() {
    return host + ":" + port;
  }

  /** Host, port and database; never user or password. */
  @Override
  public String toString() {
    return "postgresql://" + hostAndPort() + "/" + database;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DatabaseUrl that
        && jdbcUrl().equals(that.jdbcUrl())
        && jdbcProperties().equals(that.jdbcProperties());
  }

  @Override
  public int hashCode() {
    return jdbcUrl().hashCode();
  }

  private static String[] userInfo(@Nullable String raw) {
    if (raw == null) {
      return new String[] {""};
    }
    int colon = raw.indexOf(':');
    return colon < 0
        ? new String[] {decode(raw)}
        : new String[] {decode(raw.substring(0, colon)), decode(raw.substring(colon + 1))};
  }

  private static Map<String, String> parameters(@Nullable String rawQuery) {
    Map<String, String> parameters = new TreeMap<>();
    if (rawQuery == null) {
      return parameters;
    }
    List<String> unknown = new ArrayList<>();
    for (String pair : rawQuery.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (!PARAMETERS.contains(name)) {
        unknown.add(name);
      } else {
        parameters.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1)));
      }
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "the database URL has the unknown parameter '"
              + unknown.get(0)
              + "' (expected: one of "
              + String.join(", ", PARAMETERS)
              + ")");
    }
    return parameters;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
