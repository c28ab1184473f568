package herald.gateway.config;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and how it is reached, in the form of libpq's connection URIs (PostgreSQL
 * manual, chapter "libpq", section "Connection URIs"), and translated from it for each of the two
 * drivers. Several hosts are several servers of one database, of which one is wanted. Immutable,
 * except that a {@link PasswordFile} is read again for each connection.
 *
 * <p>A parameter that is not known is refused here, because pgjdbc-ng ignores what it does not
 * know: a mistyped {@code sslmode} would silently mean no TLS.
 */
public final class DatabaseUrl {
  /** A fail-over is noticed at the next look; a host that is down is not tried for each look. */
  private static final int HOST_RECHECK_SECONDS = 2;

  private final List<HostPort> hosts;
  private final String database;
  private final String user;
  private final @Nullable String password;
  private final @Nullable PasswordFile passwordFile;
  private final DatabaseTls tls;
  private final @Nullable TargetServer target;

  DatabaseUrl(
      List<HostPort> hosts,
      String database,
      String user,
      @Nullable String password,
      @Nullable PasswordFile passwordFile,
      DatabaseTls tls,
      @Nullable TargetServer target) {
    this.hosts = List.copyOf(hosts);
    this.database = database;
    this.user = user;
    this.password = password;
    this.passwordFile = passwordFile;
    this.tls = tls;
    this.target = target;
  }

  /**
   * Reads {@code postgresql://user:password@host:port,host:port/database}, with the parameters
   * {@code sslmode}, {@code sslrootcert}, {@code sslcert}, {@code sslkey}, {@code user}, {@code
   * password} and {@code target_session_attrs}; a leading {@code jdbc:} is allowed.
   *
   * @throws IllegalArgumentException with one sentence that names what is wrong, never the password
   */
  public static DatabaseUrl parse(String text) {
    return DatabaseUrlParser.parse(text);
  }

  /** A URL for people to read: with {@code ***} in place of its password. */
  public static String withoutPassword(String text) {
    try {
      DatabaseUrl unused = parse(text);
    } catch (IllegalArgumentException e) {
      // Nobody can tell where the password is.
      return "(not a database URL)";
    }
    return text.replaceFirst("://([^:@/?]*):[^@/?]*@", "://$1:***@")
        .replaceAll("([?&]password=)[^&]*", "$1***");
  }

  /** The same database with the password of a file in place of the one in the URL. */
  public DatabaseUrl withPassword(PasswordFile file) {
    return new DatabaseUrl(hosts, database, user, null, file, tls, target);
  }

  /** The same database with {@code target} wanted, unless the URL itself says which server is. */
  public DatabaseUrl orTarget(TargetServer target) {
    return this.target == null ? with(hosts, target) : this;
  }

  /**
   * A URL for each host alone, in their order, that wants any server: for whoever looks at a server
   * before using it.
   */
  public List<DatabaseUrl> eachHost() {
    return hosts.stream().map(host -> with(List.of(host), TargetServer.ANY)).toList();
  }

  private DatabaseUrl with(List<HostPort> hosts, TargetServer target) {
    return new DatabaseUrl(hosts, database, user, password, passwordFile, tls, target);
  }

  /**
   * Reads the client's certificate and key once, if the URL names them.
   *
   * @throws IllegalArgumentException with one sentence, when they can't be used
   */
  public void requireReadableFiles() {
    tls.requireReadable();
  }

  /** PEM: the certificate by which the client says who it is; null without one. */
  public @Nullable Path certificate() {
    return tls.certificate() == null ? null : Path.of(tls.certificate());
  }

  /** PKCS #8 in DER: the key of that certificate; null without one. */
  public @Nullable Path privateKey() {
    return tls.key() == null ? null : Path.of(tls.key());
  }

  /** The hosts in the order in which they are tried; at least one. */
  public List<HostPort> hosts() {
    return hosts;
  }

  /** The database's name. */
  public String database() {
    return database;
  }

  /** Which server is wanted; any one if nothing is said. */
  public TargetServer target() {
    return target == null ? TargetServer.ANY : target;
  }

  /** The URL for PostgreSQL's own JDBC driver, without user and password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://"
        + authority()
        + "/"
        + URLEncoder.encode(database, StandardCharsets.UTF_8)
        + (target() == TargetServer.ANY
            ? ""
            : "?targetServerType="
                + target().jdbcName()
                + "&loadBalanceHosts=false&hostRecheckSeconds="
                + HOST_RECHECK_SECONDS);
  }

  /** The properties that go with {@link #jdbcUrl()}, with the password as it is now. */
  public Properties jdbcProperties() {
    Properties properties = credentials();
    tls.addJdbc(properties);
    return properties;
  }

  /** The URL for pgjdbc-ng, without user and password; of the first host, since it wants one. */
  public String listenerUrl() {
    return "jdbc:pgsql://" + hosts.get(0) + "/" + database;
  }

  /** One URL for each host. */
  public List<String> listenerUrls() {
    return List.of(listenerUrl());
  }

  /**
   * The properties that go with {@link #listenerUrl()}, in pgjdbc-ng's dotted names, with the
   * password as it is now.
   */
  public Properties listenerProperties() {
    Properties properties = credentials();
    tls.addListener(properties);
    return properties;
  }

  private Properties credentials() {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    String current = passwordFile == null ? password : passwordFile.password();
    if (current != null) {
      properties.setProperty("password", current);
    }
    return properties;
  }

  private String authority() {
    return hosts.stream().map(HostPort::toString).collect(Collectors.joining(","));
  }

  /** Hosts, ports and database; never user or password. */
  @Override
  public String toString() {
    return "postgresql://" + authority() + "/" + database;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DatabaseUrl that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  private List<@Nullable Object> parts() {
    return Arrays.asList(hosts, database, user, password, passwordFile, tls, target);
  }
}
